import type { Decider } from '@necrocode/domain';
import { type DomainEvent, fold, type StoredEvent } from '@necrocode/event-store';

/** A stream's state by its decider. */
export function foldStream<State, Command, Event extends DomainEvent>(
  decider: Decider<State, Command, Event>,
  events: readonly StoredEvent[],
): State {
  return fold<State, Event>((state, event) => decider.evolve(state, event), decider.initial, events);
}
