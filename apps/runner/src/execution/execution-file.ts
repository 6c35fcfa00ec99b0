import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { StartRequest } from '@necrocode/contracts';
import type {
  CancellationId,
  ExecutionEnding,
  ExecutionId,
  ExecutionIdentity,
  SignalEvidence,
  StopRequest,
  Timestamp,
} from '@necrocode/domain';
import type { TreeRecord } from '@necrocode/process-tree';

export interface Resume {
  readonly taskKey: string;
  /** When it has run for long enough, and how it is to be stopped then. */
  readonly timeout: { readonly dueAt: Timestamp; readonly stop: StopRequest } | null;
  /** While it stands still: for whom, and what was left of its time then, ms; null: it has no end. */
  readonly held?: { readonly by: readonly CancellationId[]; readonly leftMs: number | null };
}

/** What an agent must know of an execution after its own death. Written before anything of it can run. */
export interface ExecutionFile {
  readonly execution: ExecutionIdentity;
  readonly stop: StopRequest | null;
  /** Sent so far, while it has not ended: a successor's proof tells of them too. */
  readonly signals?: readonly SignalEvidence[];
  /** What a successor that adopts it needs besides. */
  readonly resume?: Resume;
  /** null: nothing of it has run. */
  readonly tree: TreeRecord | null;
  /** Why it was not begun, which is final: whoever asks again hears the same. */
  readonly refused?: 'full' | 'draining';
  /** Set once, when nothing of it is left. A stop before any start sets it at once: the tombstone. */
  readonly ending: ExecutionEnding | null;
}

export function resumeOf({ taskKey, timeoutMs, onTimeout }: StartRequest): Resume {
  const dueAt = new Date(Date.now() + (timeoutMs ?? 0)).toISOString();
  return { taskKey, timeout: timeoutMs === null ? null : { dueAt, stop: onTimeout } };
}

/** What is left of its time: none of it passes while it stands still. null: it has no end. */
export function leftMsOf({ timeout, held }: Resume, nowMs: number): number | null {
  return timeout && (held?.leftMs ?? Date.parse(timeout.dueAt) - nowMs);
}

/** As it is held from now on, by nobody or by some. */
export function heldBy(by: readonly CancellationId[], resume: Resume, leftMs: number | null, nowMs: number): Resume {
  const { taskKey, timeout } = resume;
  if (by.length > 0) return { taskKey, timeout, held: { by, leftMs } };
  if (timeout === null || leftMs === null) return { taskKey, timeout };
  return { taskKey, timeout: { ...timeout, dueAt: new Date(nowMs + leftMs).toISOString() } };
}

/** How long an ended execution is remembered: far beyond any start that may still be on its way. */
const REMEMBER_MS = 24 * 3_600_000;

/**
 * One small file per execution: a line for each change, each the whole of what is known then, the last one counts. A line that an
 * agent could not finish is none, so a reader sees the old or the new. Not synced: they matter when the agent dies, and when the machine
 * dies the processes are gone with it. Synchronous: a start or stop must not interleave with its own record, and appending takes a
 * tenth of the time of making a file anew and renaming it, which a hundred executions that are stopped at once wait for.
 */
export class ExecutionFiles {
  private readonly directory: string;

  constructor(runnerHome: string) {
    this.directory = join(runnerHome, 'executions');
    mkdirSync(this.directory, { recursive: true, mode: 0o700 });
  }

  write(file: ExecutionFile): void {
    // The line break comes first: it also ends what somebody before could not finish.
    appendFileSync(this.path(file.execution.executionId), `\n${JSON.stringify(file)}`, { mode: 0o600 });
  }

  read(executionId: ExecutionId): ExecutionFile | null {
    return readFile(this.path(executionId));
  }

  all(): readonly ExecutionFile[] {
    return readdirSync(this.directory)
      .filter((name) => name.endsWith('.json'))
      .flatMap((name) => readFile(join(this.directory, name)) ?? []);
  }

  /** Of every execution there is a file of; none of them is read. */
  ids(): readonly string[] {
    return readdirSync(this.directory).flatMap((name) =>
      name.endsWith('.json') ? [name.slice(0, -'.json'.length)] : [],
    );
  }

  /** Forgets executions that ended, or were refused, long ago. */
  forgetOld(now: number): void {
    for (const name of readdirSync(this.directory)) {
      const path = join(this.directory, name);
      const old = now - statSync(path).mtimeMs > REMEMBER_MS;
      if (old && (!name.endsWith('.json') || isOver(readFile(path)))) rmSync(path, { force: true });
    }
  }

  /** The id has been checked where it came in: it holds no separator. */
  private path(executionId: ExecutionId): string {
    return join(this.directory, `${executionId}.json`);
  }
}

function isOver(file: ExecutionFile | null): boolean {
  return file !== null && (file.ending !== null || file.refused !== undefined);
}

function readFile(path: string): ExecutionFile | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
  for (const line of text.split('\n').reverse()) {
    const file = parsed(line);
    if (file) return file;
  }
  return null;
}

/** Written by an agent of this home; null: not to its end. */
function parsed(line: string): ExecutionFile | null {
  try {
    return JSON.parse(line) as ExecutionFile;
  } catch {
    return null;
  }
}
