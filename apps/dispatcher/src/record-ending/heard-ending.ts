import { assumedEnding, type ExecutionEnding, type ExecutionEvent, type ExecutionIdentity } from '@necrocode/domain';
import { type StoredEvent, toDomainEvent } from '@necrocode/event-store';

/** How an execution ended, and the event that tells of it. */
export interface HeardEnding {
  readonly execution: ExecutionIdentity;
  readonly ending: ExecutionEnding;
  readonly event: StoredEvent;
}

/** null: the event of an execution is not about its end. */
export function heardEnding(event: StoredEvent): HeardEnding | null {
  const told = toDomainEvent<ExecutionEvent>(event);
  switch (told.type) {
    case 'ExecutionEnded':
      return { execution: told.execution, ending: told.ending, event };
    case 'ExecutionFenced':
      return { execution: told.execution, ending: assumedEnding, event };
    default:
      return null;
  }
}
