import type { ExecutionId, JobId, SlotId, TaskId } from '@necrocode/domain';

/** A process as the kernel has it, and whose it truly is. */
export interface Process {
  readonly pid: number;
  /** With the pid this names one process for good; pids are used again. */
  readonly startedAt: number;
  /** Whose it is; null: nobody's business of ours. */
  readonly owner: Owner | null;
  readonly bornAtMs: number;
  readonly isLeader: boolean;
  /** Its environment has the marker. */
  readonly isMarked: boolean;
  /** Still in the session and process group of its leader. */
  readonly isInSession: boolean;
  /** `held`: before its first instruction. */
  state: 'held' | 'running' | 'stopped';
  readonly ignoresTerm: boolean;
  /** Sleeps in the kernel: SIGKILL waits until then. */
  unkillableUntil: number;
  /** A SIGKILL that waits. */
  isKilled: boolean;
  /** Forks once more when it is hunted. */
  forksLeft: number;
}

export interface Owner {
  readonly executionId: ExecutionId;
  readonly jobId: JobId;
  readonly taskId: TaskId;
  readonly slotId: SlotId | null;
}
