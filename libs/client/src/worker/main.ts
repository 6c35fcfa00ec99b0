import { renameSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { callFunction } from './call-function.js';
import type { FunctionOutcome } from './function-outcome.js';
import { CALL } from './function-process.js';
import { worker, type Worker } from './worker.js';

const STOP_SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const;

// Before the module is loaded: a stop that comes while it loads reaches the function as well.
const stop = new AbortController();

const [, , verb, module = '', name = ''] = process.argv;
if (verb === 'list') {
  process.stdout.write(`${JSON.stringify(Object.keys(await load(module)))}\n`, () => process.exit(0));
} else {
  for (const signal of STOP_SIGNALS)
    process.on(signal, () => stop.abort(new DOMException(`The task was asked to stop (${signal}).`, 'AbortError')));
  const outcome = await call(await load(module), name, process.env);
  record(outcome, process.env[CALL.outcomeFile]);
  // What the function left open does not keep its process: it has returned.
  process.exit('error' in outcome ? 1 : 0);
}

async function load(path: string): Promise<Worker> {
  // Cast: what it really is, is checked by `worker`.
  const loaded = (await import(pathToFileURL(path).href)) as { readonly default?: Worker };
  if (typeof loaded.default !== 'object')
    throw new TypeError(`${path} must have the functions of a worker as default export`);
  return worker(loaded.default);
}

function call(functions: Worker, handler: string, env: NodeJS.ProcessEnv): Promise<FunctionOutcome> {
  const timeout = env[CALL.timeoutMs];
  return callFunction(functions, {
    name: handler,
    input: JSON.parse(env[CALL.input] ?? 'null') as unknown,
    stop: stop.signal,
    timeoutMs: timeout === undefined ? null : Number(timeout),
    context: {
      write: (text) => void process.stdout.write(text),
      log: (line) => void process.stderr.write(`${line}\n`),
      jobId: env['NECROCODE_JOB_ID'] ?? '',
      taskId: env['NECROCODE_TASK_ID'] ?? '',
      taskKey: env['NECROCODE_TASK_KEY'] ?? '',
      attempt: Number(env['NECROCODE_ATTEMPT'] ?? 1),
      workspace: env['NECROCODE_WORKSPACE'] ?? '',
    },
  });
}

/** In one step: a process that is killed leaves the whole of it or nothing. */
function record(outcome: FunctionOutcome, file: string | undefined): void {
  if (file === undefined) return;
  writeFileSync(`${file}.next`, JSON.stringify(outcome), { mode: 0o600 });
  renameSync(`${file}.next`, file);
}
