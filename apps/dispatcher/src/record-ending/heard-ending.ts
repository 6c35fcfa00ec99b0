import { assumedEnding, type ExecutionEnding, type ExecutionEvent, type ExecutionIdentity } from '@necrocode/domain';
import { type StoredEvent, toDomainEvent } from '@necrocode/event-store';

/** How an execution ended, and the event that tells of it. */
export interface HeardEnding {
  readonly execution: ExecutionIdentity;
  readonly ending: ExecutionEnding;
  readonly event: StoredEvent;
  /** Its event never came round. */
  readonly foundBy?: 'sweep';
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

/** The same end may have come by its event and by a look at the store; a sweep has found only what nobody else brings. */
export function eachOnce<Heard extends Pick<HeardEnding, 'foundBy'> & { readonly event: { readonly id: string } }>(
  heard: readonly Heard[],
): readonly Heard[] {
  const once = new Map<string, Heard>();
  for (const ending of heard) if (!ending.foundBy || !once.has(ending.event.id)) once.set(ending.event.id, ending);
  return [...once.values()];
}
