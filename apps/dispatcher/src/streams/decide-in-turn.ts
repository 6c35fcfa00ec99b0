import type { Decider } from '@necrocode/domain';
import type { DomainEvent, NewEvent } from '@necrocode/event-store';
import { toNewEvents } from './append-together.js';
import type { Cause } from './cause.js';

/** A command with what calls for it. */
export interface CausedCommand<Command> {
  readonly command: Command;
  readonly cause: Cause;
}

/** Decides commands on one stream, each on the state that those before it lead to; each event has the cause of its command. */
export function decideInTurn<State, Command, Event extends DomainEvent>(
  { decide, evolve }: Decider<State, Command, Event>,
  before: State,
  streamId: string,
  commands: readonly CausedCommand<Command>[],
): { readonly decided: readonly Event[]; readonly events: readonly NewEvent[]; readonly after: State } {
  const decided: Event[] = [];
  const events: NewEvent[] = [];
  let after = before;
  for (const { command, cause } of commands) {
    const next = decide(command, after);
    after = next.reduce(evolve, after);
    decided.push(...next);
    events.push(...toNewEvents(next, streamId, cause));
  }
  return { decided, events, after };
}
