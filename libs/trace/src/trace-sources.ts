import type { CancellationEvent, CancellationId, CleanupEvent, ExecutionEvent, JobEvent } from '@necrocode/domain';
import type { Told } from './told.js';

/** Everything the trace of a cancellation of a job or a task is made of, as it is stored. */
export interface TraceSources {
  readonly cancellationId: CancellationId;
  readonly cancellation: readonly Told<CancellationEvent>[];
  readonly job: readonly Told<JobEvent>[];
  readonly executions: readonly Told<ExecutionEvent>[];
  /** Stream by stream: of the job or the cancelled tasks, and of the slots. */
  readonly cleanups: readonly (readonly Told<CleanupEvent>[])[];
}
