import { isDeepStrictEqual } from 'node:util';
import type { Decider } from '../decider.js';
import { Rejection } from '../rejection.js';
import { stateAfter } from './given.js';

/** What came of a sequence of commands, refusals included. */
export interface Played<State, Command, Event> {
  readonly events: readonly Event[];
  /** After each command, the initial one first. */
  readonly states: readonly State[];
  /** Everything thrown that was not a Rejection. */
  readonly faults: readonly unknown[];
  /** Commands that caused events, with what they would cause if they came once more in the end. */
  readonly effective: readonly { readonly command: Command; readonly again: readonly Event[] }[];
}

export function play<State, Command, Event>(
  decider: Decider<State, Command, Event>,
  commands: readonly Command[],
): Played<State, Command, Event> {
  let state = decider.initial;
  const states = [state];
  const events: Event[] = [];
  const faults: unknown[] = [];
  const did: Command[] = [];
  for (const command of commands) {
    const decided = decide(decider, command, state, faults);
    if (decided.length > 0) did.push(command);
    events.push(...decided);
    state = decided.reduce((before, event) => decider.evolve(before, event), state);
    states.push(state);
  }
  const effective = did.map((command) => ({ command, again: decide(decider, command, state, faults) }));
  return { events, states, faults, effective };
}

function decide<State, Command, Event>(
  decider: Decider<State, Command, Event>,
  command: Command,
  state: State,
  faults: unknown[],
): readonly Event[] {
  try {
    return decider.decide(command, state);
  } catch (error) {
    if (!(error instanceof Rejection)) faults.push(error);
    return [];
  }
}

/** What was thrown that is no Rejection; null otherwise. */
export function anythingButRejection(decide: () => unknown): unknown {
  try {
    decide();
    return null;
  } catch (error) {
    return error instanceof Rejection ? null : error;
  }
}

/** Whether replaying gives the same state each time, also from events that went through JSON, as stored ones have. */
export function foldTwice<State, Event>(decider: Decider<State, never, Event>, events: readonly Event[]): boolean {
  const stored = JSON.parse(JSON.stringify(events)) as Event[]; // Cast: the same events, written and read.
  return isDeepStrictEqual(stateAfter(decider, events), stateAfter(decider, stored));
}
