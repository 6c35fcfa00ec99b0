import type {
  BatchId,
  BulkStatus,
  BulkTarget,
  Cancellation,
  CancellationId,
  CancellationReason,
  ExecutionId,
  Job,
  JobId,
  Queue,
  ReasonCode,
  RunnerId,
  RunnerState,
  SlotId,
  TaskId,
  Timestamp,
} from '@necrocode/domain';

/** Positions are bigint in the database and decimal text in rows. */
export type PositionText = string;

export interface JobRow {
  readonly job_id: JobId;
  /** Of its submission: the order of lists. */
  readonly position: PositionText;
  readonly queue: string;
  readonly status: Job['status'];
  readonly owner: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly batch_id: BatchId | null;
  /** The job without what lists do not show: commands, environments, metadata. */
  readonly state: Job;
  /** Its workspace and artifacts are handled. */
  readonly cleaned: boolean;
  /** Where its story ended: it is over, cleaned up, and no cancellation is open. */
  readonly settled_position: PositionText | null;
}

interface AnyCancellationRow {
  readonly cancellation_id: CancellationId;
  readonly position: PositionText;
  readonly requested_by: string;
  readonly reason_code: ReasonCode;
  /** Read back as a Date. */
  readonly requested_at: Timestamp | Date;
  readonly signalled: boolean;
  readonly forced: boolean;
  /** Of its completion; an interim outcome is no end. */
  readonly completed_position: PositionText | null;
}

/** Of a job or a task. */
export interface CancellationRow extends AnyCancellationRow {
  readonly job_id: JobId;
  /** The bulk it is a member of. */
  readonly bulk_id: CancellationId | null;
  readonly scope: 'job' | 'task';
  readonly status: Cancellation['status'];
  readonly state: CancellationJson;
}

/** In the same table. Its state is what a list shows: the whole of it names every target. */
export interface BulkRow extends AnyCancellationRow {
  readonly job_id: null;
  readonly bulk_id: null;
  readonly scope: BulkTarget['kind'];
  readonly status: BulkStatus;
  readonly state: BulkJson;
}

export interface BulkJson {
  readonly target: BulkTarget;
  readonly reason: CancellationReason;
  readonly endedAt: Timestamp | null;
  readonly planned: number;
  readonly cancelled: number | null;
}

/** A cancellation as JSON: maps and sets as lists. */
export interface CancellationJson extends Omit<Cancellation, 'terminations' | 'unconfirmed'> {
  readonly terminations: readonly [ExecutionId, { readonly execution: unknown; readonly ending: unknown }][];
  readonly unconfirmed: readonly ExecutionId[];
}

export interface RunnerRow {
  readonly runner_id: RunnerId;
  readonly registered_at: string;
  readonly state: Exclude<RunnerState, { status: 'unknown' }>;
}

export interface QueueRow {
  readonly queue: string;
  readonly state: Queue;
}

export interface SlotRow {
  readonly slot_id: SlotId;
  readonly pool: string;
  readonly runner_id: RunnerId;
  readonly kind: 'repository' | 'counted';
  readonly status: 'free' | 'leased' | 'soiled';
  readonly holder: { readonly executionId: ExecutionId; readonly jobId: JobId; readonly taskId: TaskId } | null;
  readonly since: string;
}

export interface TimelineRow {
  readonly position: PositionText;
  /** null: of a bulk cancellation as a whole. */
  readonly job_id: JobId | null;
  readonly cancellation_id: CancellationId | null;
  /** CloudEvent, as it is sent. */
  readonly event: string;
}
