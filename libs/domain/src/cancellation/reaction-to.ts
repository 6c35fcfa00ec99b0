import type { CleanupReport } from '../cleanup/cleanup.js';
import type { ExecutionEnding, ExecutionEvent, ExecutionIdentity } from '../execution/execution.js';
import type { JobId } from '../ids.js';
import type { Cancellation, CertificateProof } from './cancellation.js';
import type { CancellationCommand } from './cancellation-command.js';

/** An input, given the state it meets; null: nothing to record. */
export type InputOf = (state: Cancellation, proof: CertificateProof, at: string) => CancellationCommand | null;

/** An event of another stream, as it is stored. */
export interface HeardEvent {
  readonly streamId: string;
  readonly type: string;
  readonly data: unknown;
  readonly metadata: { readonly correlationId: string };
}

/** What an event means to the open cancellations of its job. `input` null: only that the world has moved, so look again. */
export interface Reaction {
  readonly jobId: JobId;
  readonly input: InputOf | null;
}

/** What moves a cancellation; nothing else is read. */
export const CANCELLATIONS_HEAR = [
  'ExecutionEnded',
  'ExecutionFenced',
  'CleanupCompleted',
  'JobCompleted',
  'JobFailed',
  'JobCancelled',
  'TaskCancelled',
  'SlotFreed',
] as const;

/** Pure: null for events that no cancellation waits for. */
export function reactionTo(event: HeardEvent): Reaction | null {
  const jobId = event.metadata.correlationId as JobId; // Correlation of job-related events is the job's id.
  switch (event.type) {
    case 'ExecutionEnded': {
      const { execution, ending } = event.data as { execution: ExecutionIdentity; ending: ExecutionEnding };
      return { jobId, input: terminationOf(execution, ending) };
    }
    case 'ExecutionFenced': {
      const { execution } = event.data as Extract<ExecutionEvent, { type: 'ExecutionFenced' }>;
      const { executionId } = execution;
      return {
        jobId,
        input: (state, proof, at) =>
          isPlanned(state, executionId) ? { type: 'RecordFencing', executionId, at, proof } : null,
      };
    }
    case 'CleanupCompleted': {
      const { kind, report } = event.data as { kind: string; report: CleanupReport };
      const cleanupId = event.streamId.slice('cleanup-'.length);
      return {
        jobId,
        input: (state, proof, at) => {
          const mine = state.target.kind === 'job' ? kind === 'job' : cleanupId === state.cancellationId;
          return mine ? { type: 'RecordCleanup', report, at, proof } : null;
        },
      };
    }
    case 'JobCancelled':
      // Ended by the thousand, before anything was assigned: whoever waits for such a job asks its owner in its own drive.
      return (event.data as { dequeued?: true }).dequeued ? null : { jobId, input: null };
    case 'JobCompleted':
    case 'JobFailed':
    case 'TaskCancelled':
    case 'SlotFreed':
      return { jobId, input: null };
    default:
      return null;
  }
}

/** What the end of an execution means to a cancellation that may wait for it. */
export function terminationOf(execution: ExecutionIdentity, ending: ExecutionEnding): InputOf {
  return (state, proof, at) =>
    concerns(state, execution, ending) ? { type: 'RecordTermination', execution, ending, at, proof } : null;
}

/** An end may overtake the plan: then it counts when this cancellation asked for it. */
function concerns(state: Parameters<InputOf>[0], { executionId }: ExecutionIdentity, ending: ExecutionEnding): boolean {
  return state.plan === null ? ending.cancellationId === state.cancellationId : isPlanned(state, executionId);
}

function isPlanned({ plan }: Parameters<InputOf>[0], executionId: string): boolean {
  return plan?.executions.some(({ execution }) => execution.executionId === executionId) ?? false;
}
