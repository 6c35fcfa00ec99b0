import type { BatchId } from '../ids.js';

/** What to do with a task's artifacts when it is cancelled. */
export type ArtifactPolicy = 'keep' | 'quarantine' | 'delete';

/** Signals a task may ask to be stopped with. SIGKILL is not among them: force is asked for as force. */
export type StopSignal = 'SIGTERM' | 'SIGINT' | 'SIGHUP' | 'SIGQUIT' | 'SIGUSR1' | 'SIGUSR2';

export interface RetryPolicy {
  /** Attempts in all, the first included. 1 means no retry. */
  readonly maxAttempts: number;
  readonly backoff: Backoff;
}

/** Delay before attempt n+1: `initialMs × factor^(n-1)`, at most `maxMs`, varied by ± `jitter` (0–1). */
export interface Backoff {
  readonly initialMs: number;
  readonly factor: number;
  readonly maxMs: number;
  readonly jitter: number;
}

/** A function of a worker, and what it is given. */
export interface HandlerCall {
  readonly name: string;
  readonly input: unknown;
  /** Fields of the input that are taken from results of tasks it depends on. */
  readonly from?: Readonly<Record<string, { readonly task: string; readonly field: string }>>;
}

/** A task as the job's author wrote it, every default filled in. */
export interface TaskSpec {
  /** Unique within the job; what `dependsOn` names. */
  readonly key: string;
  /** argv; run as it stands, never through a shell. Empty where a handler runs instead. */
  readonly command: readonly string[];
  /** A function of a worker that runs instead of a command. */
  readonly handler?: HandlerCall;
  readonly env: Readonly<Record<string, string>>;
  /** The job's workspace, shared by its tasks, or the directory of the leased slot. */
  readonly workingDirectory: 'workspace' | 'slot';
  readonly dependsOn: readonly string[];
  /** Pool to lease one slot from while the task runs; null for none. */
  readonly slotPool: string | null;
  readonly retry: RetryPolicy;
  /** Longest run of one attempt in ms; null for no limit. */
  readonly timeoutMs: number | null;
  /** Time between the graceful signal and SIGKILL, ms. */
  readonly gracePeriodMs: number;
  readonly signal: StopSignal;
  /** Whether the graceful signal goes to every process or to the leader alone. */
  readonly signalTo: 'tree' | 'leader-first';
  /** Globs below the working directory. */
  readonly artifacts: readonly string[];
  readonly onCancelArtifacts: ArtifactPolicy;
  /** A dependent of an optional task runs even when the task did not complete. */
  readonly optional: boolean;
  /**
   * A finalizer: runs when all others are over, also after a cancellation; where nothing of the job was ever assigned, only
   * if it asks for that. Absent for any other task.
   */
  readonly always?: 'if-begun' | 'even-if-queued';
}

/** Longest time from submission to the first start, and from there to the end, ms; null for no limit. */
export interface JobTimeouts {
  readonly queueMs: number | null;
  readonly runMs: number | null;
}

/** As it was asked for, so that asking again is the same request: after so many ms from the submission, or an instant. */
export type Deadline = { readonly afterMs: number } | { readonly at: string };

/** Who submitted what, beside the tasks. */
export interface JobSpec {
  readonly name: string;
  readonly queue: string;
  /** 0–100; higher runs first. */
  readonly priority: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly owner: string;
  /** The jobs it was submitted with; absent for a job submitted alone. */
  readonly batchId?: BatchId;
  /** Absent: no limits. */
  readonly timeouts?: JobTimeouts;
  /** Cancel the job if it has not ended by then. Absent: never for that. */
  readonly deadline?: Deadline;
  readonly tasks: readonly TaskSpec[];
}
