import type { Decider } from '@necrocode/domain';
import { EventIdTaken, WrongExpectedVersion } from '../errors.js';
import type { CompanionStatement, EventMetadata, EventStore, NewEvent, StoredEvent } from '../event-store.js';
import { eventUpcasters } from '../event-upcasters.js';
import type { Upcasters } from '../upcasters.js';
import { dataOf, type DomainEvent, fold } from './domain-event.js';
import { eventIdOf, uuidV7 } from './event-ids.js';

export interface CommandHandling<State, Command, Event extends DomainEvent> {
  readonly store: EventStore;
  readonly decider: Decider<State, Command, Event>;
  readonly streamId: string;
  /** With everything the decision needs, the time included: the decider has no clock. */
  readonly command: Command;
  /** Goes on every event the command causes. */
  readonly metadata: EventMetadata;
  /** Names the command for good; a repetition is answered with what it did the first time. Without one a repetition decides anew. */
  readonly commandId?: string;
  /** What must commit together with the events, given what was decided and the state it leads to. */
  readonly companions?: (decided: readonly Event[], state: State) => readonly CompanionStatement[];
  /** Default: those of the events there are. */
  readonly upcasters?: Upcasters;
  /** Event ids where there is no commandId. Default UUIDv7. */
  readonly newEventId?: () => string;
  /** How often to decide before a conflict is passed on. Default 10. */
  readonly maxAttempts?: number;
}

export interface HandledCommand<State, Event extends DomainEvent> {
  /** After the command; for a repetition, the state now. */
  readonly state: State;
  /** Version of the stream that state was folded from. */
  readonly streamVersion: number;
  /** What the command did: now, or the first time when it is a repetition. Empty when it was already so. */
  readonly appended: readonly StoredEvent[];
  /** What was decided now; empty for a repetition. */
  readonly decided: readonly Event[];
  readonly repeated: boolean;
}

/**
 * Load, fold, decide, append with the version that was loaded; when another writer was first, catch up and decide again.
 *
 * A repetition is looked for in the stream before anything is decided: deciding again on a state that has moved on could give
 * other events, or more of them. Two repetitions at once meet at the version or at the event ids; the loser catches up and
 * finds the winner's events. A command that caused no event leaves no trace, so its repetition decides anew.
 * @throws whatever `decide` throws (a Rejection), and what `EventStore.append` throws
 */
export async function handleCommand<State, Command, Event extends DomainEvent>(
  handling: CommandHandling<State, Command, Event>,
): Promise<HandledCommand<State, Event>> {
  const { store, decider, streamId, command, upcasters = eventUpcasters, maxAttempts = 10 } = handling;
  let state = decider.initial;
  let streamVersion = 0;
  const catchUp = async (): Promise<readonly StoredEvent[]> => {
    const news = await store.readStream(streamId, streamVersion + 1);
    state = fold((folded: State, event: Event) => decider.evolve(folded, event), state, news, upcasters);
    streamVersion += news.length;
    return news;
  };
  for (let attempt = 1; ; attempt++) {
    const earlier = eventsOfCommand(handling, await catchUp());
    if (earlier.length > 0) return { state, streamVersion, appended: earlier, decided: [], repeated: true };

    const decided = decider.decide(command, state);
    if (decided.length === 0) return { state, streamVersion, appended: [], decided, repeated: false };
    const next = decided.reduce((folded, event) => decider.evolve(folded, event), state);
    const events = decided.map((event, index) => toNewEvent(handling, event, index, upcasters));
    try {
      const companions = handling.companions?.(decided, next) ?? [];
      const append = { streamId, expectedVersion: streamVersion, events };
      const { events: appended, repeated } = await store.append([append], companions);
      if (!repeated)
        return { state: next, streamVersion: streamVersion + events.length, appended, decided, repeated: false };
      // The same ids were stored since the stream was read, or the caller's own ids were stored before.
      await catchUp();
      return { state, streamVersion, appended, decided: [], repeated: true };
    } catch (error) {
      const raced = error instanceof WrongExpectedVersion || error instanceof EventIdTaken;
      if (!raced || attempt >= maxAttempts) throw error;
    }
  }
}

/** The events this command has caused already. They were appended together, so they stand side by side. */
function eventsOfCommand<State, Command, Event extends DomainEvent>(
  { commandId, streamId }: CommandHandling<State, Command, Event>,
  events: readonly StoredEvent[],
): readonly StoredEvent[] {
  if (commandId === undefined || events.length === 0) return [];
  const firstId = eventIdOf(commandId, streamId, 0);
  const start = events.findIndex(({ id }) => id === firstId);
  if (start === -1) return [];
  const following = events.slice(start);
  const end = following.findIndex(({ id }, index) => id !== eventIdOf(commandId, streamId, index));
  return end === -1 ? following : following.slice(0, end);
}

function toNewEvent<State, Command, Event extends DomainEvent>(
  { commandId, streamId, metadata, newEventId = uuidV7 }: CommandHandling<State, Command, Event>,
  event: Event,
  index: number,
  upcasters: Upcasters,
): NewEvent {
  return {
    id: commandId === undefined ? newEventId() : eventIdOf(commandId, streamId, index),
    type: event.type,
    schemaVersion: upcasters.currentVersion(event.type),
    data: dataOf(event),
    metadata,
  };
}
