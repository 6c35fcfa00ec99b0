import type { CancellationId, ExecutionId, JobId, TaskId } from '@necrocode/domain';
import type { PositionedEvent } from '@necrocode/event-store';

/** What an event of any stream says it is about; null where it does not say. */
export interface NamedInEvent {
  readonly jobId: JobId | null;
  readonly cancellationId: CancellationId | null;
  readonly taskId: TaskId | null;
  readonly executionId: ExecutionId | null;
}

/**
 * Looks where the events of the domain keep these ids: in the stream's own name, in the data, or in the part of it that says who
 * holds, runs, stops, ended or ordered something. The story is the correlation id.
 */
export function namedInEvent({ streamId, metadata, data }: PositionedEvent): NamedInEvent {
  const places = [data, ...['execution', 'holder', 'stop', 'ending', 'order'].map((part) => memberOf(data, part))];
  const find = (name: string): string | null => {
    for (const place of places) {
      const value = memberOf(place, name);
      if (typeof value === 'string') return value;
    }
    return null;
  };
  const owner = streamId.slice(streamId.indexOf('-') + 1);
  const job = metadata.correlationId.startsWith('job_') ? metadata.correlationId : null;
  // Casts: written by the streams' owners with ids of these kinds.
  return {
    jobId: job as JobId | null,
    cancellationId: (idIn(owner, 'can_') ?? find('cancellationId')) as CancellationId | null,
    taskId: find('taskId') as TaskId | null,
    executionId: (idIn(owner, 'exe_') ?? find('executionId')) as ExecutionId | null,
  };
}

/** `cancellation-can_…` names its cancellation, and so does `cleanup-can_…`; `execution-exe_…` and `cleanup-exe_…` alike. */
function idIn(owner: string, prefix: string): string | null {
  return owner.startsWith(prefix) ? owner : null;
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? new Map(Object.entries(value)).get(name) : undefined;
}
