import { type ChildProcess, spawn } from 'node:child_process';
import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const TRAINING = join(import.meta.dirname, '../../../../examples/training');

/** A copy of the training's repository, as a job's clone would be. */
export async function copyTraining(directory: string): Promise<string> {
  const repository = join(directory, 'repo');
  const made = new Set(['checkpoints', 'published', 'evaluation.json']);
  await cp(TRAINING, repository, { recursive: true, filter: (path) => !made.has(path.slice(TRAINING.length + 1)) });
  return repository;
}

/** A script of the examples while it runs. */
export interface RunningExample {
  readonly child: ChildProcess;
  /** Everything it has printed so far, both streams. */
  output(): string;
  /** How it ended; its output is complete then, unless somebody it left behind holds it open. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
}

export function runExample(
  repository: string,
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): RunningExample {
  const child = spawn(command, args, {
    cwd: repository,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (printed += text));
  const ended = new Promise<Awaited<RunningExample['ended']>>((resolve) => {
    child.once('exit', (code, signal) => {
      resolve({ code, signal });
    });
  });
  return { child, output: () => printed, ended };
}

/** The kernel's letter for what a process does: R, S, T (stopped), Z (dead, unreaped); null when there is none. */
export async function processState(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  return stat?.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3) ?? null;
}
