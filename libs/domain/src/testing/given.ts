import { expect } from '@jest/globals';
import type { Decider } from '../decider.js';
import { Rejection, type RejectionCode } from '../rejection.js';

/** `given(what had happened).when(command).then(what follows)`: compared exactly, order and every field. */
export interface Given<Command, Event> {
  when(command: Command): Then<Event>;
}

interface Then<Event> {
  then(...events: Event[]): void;
  /** Already so: nothing is appended. */
  thenNothing(): void;
  thenRejected(code: RejectionCode): void;
}

export function specOf<State, Command, Event>(
  decider: Decider<State, Command, Event>,
): (...events: Event[]) => Given<Command, Event> {
  return (...events) => ({
    when: (command) => {
      const decide = (): readonly Event[] => decider.decide(command, stateAfter(decider, events));
      return {
        then: (...expected) => expect(decide()).toStrictEqual(expected),
        thenNothing: () => expect(decide()).toStrictEqual([]),
        thenRejected: (code) => expect(rejectionOf(decide)).toBe(code),
      };
    },
  });
}

export function stateAfter<State, Command, Event>(
  { initial, evolve }: Decider<State, Command, Event>,
  events: readonly Event[],
): State {
  return events.reduce(evolve, initial);
}

/** What commands lead to, one after the other: for histories too long to write down. */
export function eventsAfter<State, Command, Event>(
  decider: Decider<State, Command, Event>,
  ...commands: Command[]
): Event[] {
  return commands.reduce<Event[]>(
    (events, command) => [...events, ...decider.decide(command, stateAfter(decider, events))],
    [],
  );
}

function rejectionOf(decide: () => unknown): RejectionCode | null {
  try {
    decide();
    return null;
  } catch (error) {
    if (error instanceof Rejection) return error.code;
    throw error;
  }
}
