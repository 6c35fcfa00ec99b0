import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ApiProblem, type NecrocodeClient } from '@necrocode/client';
import type { CancellationResource, JobResource, SubmitJobInput } from '@necrocode/contracts';
import type { LocalSystem } from '@necrocode/local-system';
import { showCancellation } from '../cancellation/show.js';
import { watchCancellation } from '../cancellation/watch.js';
import { CommandFailure, EXIT } from '../exit-codes.js';
import { showJob } from '../job/get.command.js';
import { substitute } from '../job/submit.command.js';
import { table } from '../terminal/table.js';
import { colours, type Terminal } from '../terminal/terminal.js';
import { heading } from './demo.command.js';
import { checkPromises } from './check-promises.js';
import { processesWith, type SeenProcess } from './processes.js';
import type { Promises } from './promises.js';
import { EXAMPLES, makeTrainingRepository } from './training-repository.js';

export interface DemoParts {
  readonly terminal: Terminal;
  readonly system: LocalSystem;
  readonly client: NecrocodeClient;
  readonly promises: Promises;
  readonly kill: string | undefined;
}

/** Tasks that must be running before the cancellation begins. */
const UNRULY = ['train', 'stubborn', 'daemoniser', 'sleeper', 'litterer'];
/** Tasks queued behind the training: they must never start. */
export const DEPENDENTS = ['evaluate', 'publish'];
const RUNNING_WITHIN_MS = 60_000;

export async function runMainJob({ terminal, system, client, promises, kill }: DemoParts): Promise<void> {
  heading(terminal, 'Submitting examples/jobs/training.json');
  const repository = await makeTrainingRepository(join(system.home, 'training.git'));
  const text = await readFile(join(EXAMPLES, 'jobs', 'training.json'), 'utf8');
  // Checked by the gateway.
  const job = JSON.parse(substitute(text, [`REPOSITORY=${repository}`])) as SubmitJobInput;
  const { jobId } = await client.submitJob(job);
  const running = await untilAllRun(client, jobId);
  await untilCheckpoint(client, jobId, terminal);
  terminal.data(showJob(running, terminal.width));

  const executions = new Set(
    running.tasks.flatMap((task) => task.executions.map(({ executionId }) => String(executionId))),
  );
  const before = processesWith('NECROCODE_EXECUTION_ID', executions);
  heading(terminal, `${before.length} processes of this job are alive`);
  terminal.data(processTable(before, terminal.width));

  heading(terminal, kill === undefined ? 'Cancelling it' : `Cancelling it, and killing ${kill} on the way`);
  const cancelled = await cancelAndWatch({ client, terminal, system, kill }, jobId);
  heading(terminal, 'The cancellation, step by step');
  terminal.data(showCancellation(cancelled, terminal.width));

  heading(terminal, 'Is it true?');
  await checkPromises({ client, promises, jobId, cancelled, before, executions });
}

async function cancelAndWatch(
  { client, terminal, system, kill }: Pick<DemoParts, 'client' | 'terminal' | 'system' | 'kill'>,
  jobId: string,
): Promise<CancellationResource> {
  const { cancellationId } = await client.cancelJob(jobId, { reason: 'the demo is over', reasonCode: 'user-request' });
  if (cancellationId === null) throw new CommandFailure(EXIT.error, 'The job had ended before it could be cancelled.');
  if (kill !== undefined) await killInTheMiddle(system, kill);
  if (kill !== undefined) await untilAnswered(client, cancellationId);
  // Survives the death of the gateway too: the client resumes the stream where it broke.
  return watchCancellation(client, terminal, cancellationId, {
    format: 'text',
    withinMs: 120_000,
    untilCompleted: true,
  });
}

/** A stream that has begun survives what is killed; it cannot begin without the gateway or PostgreSQL. */
async function untilAnswered(client: NecrocodeClient, cancellationId: string): Promise<void> {
  for (const deadline = Date.now() + RUNNING_WITHIN_MS; ; await delay(100)) {
    try {
      await client.getCancellation(cancellationId);
      return;
    } catch (error) {
      if (!(error instanceof ApiProblem) || !error.retryable || Date.now() > deadline) throw error;
    }
  }
}

async function killInTheMiddle(system: LocalSystem, name: string): Promise<void> {
  const server = system.servers.get(name);
  if (server) return server.kill();
  system.processes.get(name)?.signal('SIGKILL');
  return undefined;
}

async function untilAllRun(client: NecrocodeClient, jobId: string): Promise<JobResource> {
  for (const deadline = Date.now() + RUNNING_WITHIN_MS; ; await delay(100)) {
    const job = await client.getJob(jobId);
    const running = job.tasks.filter((task) => task.status === 'running').map((task) => task.key);
    if (UNRULY.every((key) => running.includes(key))) return job;
    if (job.endedAt !== null || Date.now() > deadline) {
      throw new CommandFailure(
        EXIT.error,
        `The job did not come to run: it is ${job.status}, with ${running.join(', ') || 'no task'} running.`,
      );
    }
  }
}

/** Real work is under way once the training has written a checkpoint and everybody else has said that they are there. */
async function untilCheckpoint(client: NecrocodeClient, jobId: string, terminal: Terminal): Promise<void> {
  const silent = new Set(UNRULY);
  const deadline = AbortSignal.timeout(RUNNING_WITHIN_MS);
  for await (const { taskKey, text } of client.followLogs(jobId, { signal: deadline })) {
    if (text.includes(taskKey === 'train' ? 'epoch 2/' : '(pid ')) silent.delete(taskKey);
    if (taskKey === 'train') terminal.say(colours.dim(`  train | ${text.trimEnd().split('\n').at(-1) ?? ''}`));
    if (silent.size === 0) return;
  }
}

function processTable(processes: readonly SeenProcess[], width: number): string {
  return table(
    ['PID', 'PARENT', 'STATE', 'COMMAND'],
    processes.map(({ pid, parent, state, command }) => [String(pid), String(parent), state, command]),
    width,
  );
}
