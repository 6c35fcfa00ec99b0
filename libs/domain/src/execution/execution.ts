import type { CancellationId, ExecutionId, FencingToken, JobId, RunnerId, TaskId, Timestamp } from '../ids.js';
import type { StopSignal, TaskSpec } from '../job/task-spec.js';
import type { SlotClaim } from '../slot-pool/slot-pool.js';

/** The means that holds a process tree together; see the glossary. */
export type Containment = 'cgroup2' | 'cgroup1-freezer' | 'pid-namespace' | 'process-group';

/** How an execution came to an end. */
export type EndReason =
  | 'exited' // by itself
  | 'stopped' // a stop request had been signalled, or had come before the start
  | 'timed-out'
  | 'start-failed' // the command could not be run
  | 'lease-lost' // the runner was cut off and ended its own trees
  | 'runner-restarted' // found and ended by the next agent on that host
  | 'fenced'; // nobody heard from the runner until its lease was over: the ending is assumed, not seen

/** A signal that was sent, and what came of it. */
export interface SignalEvidence {
  readonly signal: StopSignal | 'SIGKILL';
  readonly at: Timestamp;
  /** Processes it was sent to. */
  readonly processes: number;
  /** `delivered`; `gone` when nobody was there any more (which is success); otherwise the system's error code. */
  readonly answer: string;
}

/** Proof that nothing of an execution is alive, and by what means it was looked for. */
export interface DeathEvidence {
  readonly containment: Containment;
  /** `kernel`: the kernel says the container is empty. `swept`: two sweeps of /proc in a row found nobody. */
  readonly assurance: 'kernel' | 'swept' | 'unconfirmed';
  readonly signals: readonly SignalEvidence[];
  /** SIGKILL was needed. */
  readonly forced: boolean;
  readonly peakProcesses: number;
  readonly survivors: number;
  /** Looks that found nobody. */
  readonly passes: number;
  readonly provenGoneAt: Timestamp | null;
}

export interface ExecutionEnding {
  readonly reason: EndReason;
  readonly exit: { readonly code: number | null; readonly signal: string | null };
  /** False when no process of the task's command ever ran. */
  readonly started: boolean;
  /** The cancellation that asked for the stop; null when none did. */
  readonly cancellationId: CancellationId | null;
  /** What its function returned, when it did. */
  readonly result?: unknown;
  /** For `start-failed`, or a function that failed: a code of the error catalog and what was said. */
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly evidence: DeathEvidence;
}

/** What a runner needs to know of an execution to run it. */
export interface ExecutionIdentity {
  readonly executionId: ExecutionId;
  readonly jobId: JobId;
  readonly taskId: TaskId;
  readonly runnerId: RunnerId;
  readonly attempt: number;
  readonly fencingToken: FencingToken;
  readonly slot: SlotClaim | null;
}

/** How to stop: one total budget, counted from the first request. */
export interface StopRequest {
  /** null: not a cancellation but the system's own doing (a lost lease). */
  readonly cancellationId: CancellationId | null;
  readonly signal: StopSignal;
  readonly signalTo: TaskSpec['signalTo'];
  readonly gracePeriodMs: number;
  /** SIGKILL at once. */
  readonly force: boolean;
}

export type ExecutionEvent =
  | {
      readonly type: 'ExecutionStarted';
      readonly execution: ExecutionIdentity;
      readonly containment: Containment;
      readonly pid: number;
      readonly at: Timestamp;
    }
  | {
      readonly type: 'ExecutionStopRequested';
      readonly execution: ExecutionIdentity;
      readonly stop: StopRequest;
      readonly at: Timestamp;
    }
  | {
      readonly type: 'ExecutionSignalled';
      readonly executionId: ExecutionId;
      readonly jobId: JobId;
      readonly cancellationId: CancellationId | null;
      readonly evidence: SignalEvidence;
      readonly at: Timestamp;
    }
  /** Everything of it stands still. */
  | {
      readonly type: 'ExecutionFrozen';
      readonly executionId: ExecutionId;
      readonly jobId: JobId;
      readonly cancellationId: CancellationId;
      readonly processes: number;
      readonly at: Timestamp;
    }
  | {
      readonly type: 'ExecutionThawed';
      readonly executionId: ExecutionId;
      readonly jobId: JobId;
      readonly cancellationId: CancellationId;
      readonly at: Timestamp;
    }
  /** Every forced kill is an event of its own. */
  | {
      readonly type: 'ExecutionForceKilled';
      readonly executionId: ExecutionId;
      readonly jobId: JobId;
      readonly cancellationId: CancellationId | null;
      readonly evidence: SignalEvidence;
      readonly at: Timestamp;
    }
  /** A second one follows an ending that nobody had seen to the end, once it is proven. */
  | {
      readonly type: 'ExecutionEnded';
      readonly execution: ExecutionIdentity;
      readonly ending: ExecutionEnding;
      readonly at: Timestamp;
    }
  /** The runner's lease ran out: whatever it still does under this token counts for nothing. */
  | { readonly type: 'ExecutionFenced'; readonly execution: ExecutionIdentity; readonly at: Timestamp }
  | {
      readonly type: 'StaleReportNoted';
      readonly executionId: ExecutionId;
      readonly report: string;
      readonly fencingToken: FencingToken;
      readonly at: Timestamp;
    };

export type ExecutionCommand =
  | {
      readonly type: 'RecordStarted';
      readonly execution: ExecutionIdentity;
      readonly containment: Containment;
      readonly pid: number;
      readonly at: Timestamp;
    }
  | {
      readonly type: 'RequestStop';
      readonly execution: ExecutionIdentity;
      readonly stop: StopRequest;
      readonly at: Timestamp;
    }
  | {
      readonly type: 'RecordSignal';
      readonly execution: ExecutionIdentity;
      readonly evidence: SignalEvidence;
      readonly at: Timestamp;
    }
  | {
      readonly type: 'RecordFrozen';
      readonly execution: ExecutionIdentity;
      readonly cancellationId: CancellationId;
      readonly processes: number;
      readonly at: Timestamp;
    }
  | {
      readonly type: 'RecordThawed';
      readonly execution: ExecutionIdentity;
      readonly cancellationId: CancellationId;
      readonly at: Timestamp;
    }
  | {
      readonly type: 'RecordEnded';
      readonly execution: ExecutionIdentity;
      readonly ending: ExecutionEnding;
      readonly at: Timestamp;
    }
  | { readonly type: 'FenceExecution'; readonly execution: ExecutionIdentity; readonly at: Timestamp };

interface Known {
  readonly execution: ExecutionIdentity;
  readonly stop: StopRequest | null;
  readonly signals: readonly SignalEvidence[];
  readonly startedAt: Timestamp | null;
  readonly containment: Containment | null;
  /** Since when it stands still; null: it does not. */
  readonly frozenAt: Timestamp | null;
  /** Reports with a smaller token that have been noted. */
  readonly stale: readonly { readonly report: string; readonly fencingToken: FencingToken }[];
}

export type ExecutionState =
  | { readonly status: 'unknown' }
  | (Known & { readonly status: 'running' })
  | (Known & { readonly status: 'terminating'; readonly stop: StopRequest })
  /** Not the end: a runner that comes back may still prove the death. */
  | (Known & { readonly status: 'fenced'; readonly fencedAt: Timestamp })
  | (Known & { readonly status: 'ended'; readonly ending: ExecutionEnding; readonly endedAt: Timestamp });

export type ExecutionStatus = ExecutionState['status'];
