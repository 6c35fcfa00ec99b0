import { describe, expect, it } from '@jest/globals';
import type { Decider } from '@necrocode/domain';
import { EventIdTaken, WrongExpectedVersion } from '../errors.js';
import type { EventStore, StreamAppend } from '../event-store.js';
import { InMemoryEventStore } from '../in-memory-event-store.js';
import { Upcasters } from '../upcasters.js';
import { eventIdOf } from './event-ids.js';
import { type CommandHandling, handleCommand } from './handle-command.js';

/** An account that can be drawn down to nothing; drawing more than is left pays out the rest in two coins. */
type AccountEvent = { type: 'Opened'; amount: number } | { type: 'Drawn'; amount: number } | { type: 'Emptied' };
type AccountCommand = { type: 'Open'; amount: number } | { type: 'Draw'; amount: number };

const account: Decider<number, AccountCommand, AccountEvent> = {
  initial: 0,
  decide(command, balance) {
    if (command.type === 'Open') return [{ type: 'Opened', amount: command.amount }];
    if (balance === 0) return [];
    if (command.amount < 0) throw new Error('rejected');
    const drawn = Math.min(command.amount, balance);
    return drawn === balance
      ? [{ type: 'Drawn', amount: drawn }, { type: 'Emptied' }]
      : [{ type: 'Drawn', amount: drawn }];
  },
  evolve(balance, event) {
    if (event.type === 'Opened') return event.amount;
    return event.type === 'Drawn' ? balance - event.amount : balance;
  },
};

const streamId = 'account-1';
const metadata = { actor: 'user:ada', correlationId: streamId };
type Handling = CommandHandling<number, AccountCommand, AccountEvent>;

const handle = (store: EventStore, command: AccountCommand, more: Partial<Handling> = {}) =>
  handleCommand({ store, decider: account, streamId, command, metadata, ...more });

const opened = async (amount: number): Promise<InMemoryEventStore> => {
  const store = new InMemoryEventStore();
  await handle(store, { type: 'Open', amount });
  return store;
};

/** Another writer that is faster: runs `before` between load and append, the first `times` times. */
const overtaken = (store: EventStore, before: () => Promise<unknown>, times = 1): EventStore => ({
  append: async (streams: readonly StreamAppend[], companions) => {
    if (times-- > 0) await before();
    return store.append(streams, companions);
  },
  readStream: (id, from) => store.readStream(id, from),
  readStreams: (ids, fromVersions) => store.readStreams(ids, fromVersions),
  readAll: (after, limit) => store.readAll(after, limit),
  lastPosition: () => store.lastPosition(),
});

describe('handling a command', () => {
  it('appends what was decided, flat events without their type as data', async () => {
    const store = await opened(10);
    const handled = await handle(store, { type: 'Draw', amount: 3 });
    expect(handled).toMatchObject({
      state: 7,
      streamVersion: 2,
      decided: [{ type: 'Drawn', amount: 3 }],
      repeated: false,
    });
    expect(handled.appended).toMatchObject([{ type: 'Drawn', schemaVersion: 1, data: { amount: 3 }, metadata }]);
    expect(await store.readStream(streamId)).toMatchObject([{ type: 'Opened' }, { type: 'Drawn', streamVersion: 2 }]);
  });

  it('appends nothing when it is already so', async () => {
    const store = new InMemoryEventStore();
    expect(await handle(store, { type: 'Draw', amount: 1 })).toMatchObject({ state: 0, appended: [], repeated: false });
    expect(await store.lastPosition()).toBe(0n);
  });

  it('passes a rejection on and appends nothing', async () => {
    const store = await opened(10);
    await expect(handle(store, { type: 'Draw', amount: -1 })).rejects.toThrow('rejected');
    expect(await store.lastPosition()).toBe(1n);
  });

  it('decides again on what another writer left', async () => {
    const store = await opened(10);
    const slow = overtaken(store, () => handle(store, { type: 'Draw', amount: 8 }));
    const handled = await handle(slow, { type: 'Draw', amount: 5 });
    expect(handled).toMatchObject({ state: 0, streamVersion: 4, decided: [{ amount: 2 }, { type: 'Emptied' }] });
  });

  it('gives up after the attempts it was given, passing the conflict on', async () => {
    const store = await opened(10);
    const slow = overtaken(store, () => handle(store, { type: 'Draw', amount: 1 }), 3);
    await expect(handle(slow, { type: 'Draw', amount: 1 }, { maxAttempts: 3 })).rejects.toThrow(WrongExpectedVersion);
    expect(await store.readStream(streamId)).toHaveLength(4);
  });

  it('hands what was decided to the companions, and them to the store', async () => {
    const statements: unknown[] = [];
    const store = await opened(10);
    const recording: EventStore = {
      ...overtaken(store, async () => undefined),
      append: (streams, companions) => (statements.push(companions), store.append(streams)),
    };
    const companions: Handling['companions'] = (decided, state) => [
      { text: 'update', values: [decided.length, state] },
    ];
    await handle(recording, { type: 'Draw', amount: 4 }, { companions });
    expect(statements).toEqual([[{ text: 'update', values: [1, 6] }]]);
  });

  it('writes current versions and reads older ones through the upcasters', async () => {
    const store = new InMemoryEventStore();
    const cents = { type: 'Opened', schemaVersion: 1, data: { cents: 900 }, metadata };
    await store.append([{ streamId, expectedVersion: 0, events: [{ id: eventIdOf('x', streamId, 0), ...cents }] }]);
    const upcasters = new Upcasters({ Opened: [(data) => ({ amount: (data as { cents: number }).cents / 100 })] });
    expect(await handle(store, { type: 'Draw', amount: 4 }, { upcasters })).toMatchObject({ state: 5 });
    await handle(store, { type: 'Open', amount: 1 }, { upcasters });
    expect((await store.readStream(streamId)).at(-1)).toMatchObject({ type: 'Opened', schemaVersion: 2 });
  });
});

describe('handling a repeated command', () => {
  const draw = { type: 'Draw', amount: 6 } as const;
  const commandId = 'cmd_1';

  it('answers with the first answer and appends nothing', async () => {
    const store = await opened(10);
    const first = await handle(store, draw, { commandId });
    const second = await handle(store, draw, { commandId });
    expect(second).toMatchObject({ appended: first.appended, decided: [], repeated: true, state: 4 });
    expect(await store.readStream(streamId)).toHaveLength(2);
  });

  it('appends nothing either when it would be decided otherwise now', async () => {
    const store = await opened(10);
    const first = await handle(store, draw, { commandId });
    expect(first.decided).toHaveLength(1);
    // Decided now it would give two events: Drawn 4 and Emptied.
    expect(await handle(store, draw, { commandId })).toMatchObject({ appended: first.appended, repeated: true });
    await handle(store, { type: 'Draw', amount: 4 });
    // Now it would give none.
    expect(await handle(store, draw, { commandId })).toMatchObject({ appended: first.appended, repeated: true });
    expect(await store.readStream(streamId)).toHaveLength(4);
  });

  it('gives back all the events of the first time, and only them', async () => {
    const store = await opened(10);
    const all = { type: 'Draw', amount: 99 } as const;
    const first = await handle(store, all, { commandId });
    await handle(store, { type: 'Open', amount: 5 });
    const again = await handle(store, all, { commandId });
    expect(first.appended).toHaveLength(2);
    expect(again).toMatchObject({ appended: first.appended, state: 5, streamVersion: 4 });
  });

  it('finds the winner when the same command comes twice at once', async () => {
    const store = await opened(10);
    const slow = overtaken(store, () => handle(store, draw, { commandId }));
    expect(await handle(slow, draw, { commandId })).toMatchObject({ repeated: true, state: 4 });
    expect(await store.readStream(streamId)).toHaveLength(2);
  });

  it('finds the winner also when it decided less than this one', async () => {
    const store = await opened(10);
    // The other copy of the command sees 20 and decides one event; this one saw 6 and decides two: part of its ids are taken.
    const slow = overtaken(store, async () => {
      await handle(store, { type: 'Open', amount: 20 });
      await handle(store, { type: 'Draw', amount: 10 }, { commandId });
    });
    const mine = handle(slow, { type: 'Draw', amount: 10 }, { commandId });
    expect(await mine).toMatchObject({ repeated: true, state: 10, appended: [{ data: { amount: 10 } }] });
    expect(await store.readStream(streamId)).toHaveLength(3);
  });

  it('acts in each stream once when one command id is used on several', async () => {
    const store = await opened(10);
    await handle(store, { type: 'Open', amount: 3 }, { commandId });
    const other = await handle(store, { type: 'Open', amount: 3 }, { commandId, streamId: 'account-2' });
    expect(other.repeated).toBe(false);
  });

  it('answers a repetition by ids of the caller too, which it cannot look for beforehand', async () => {
    const store = await opened(10);
    const newEventId = (): string => eventIdOf('of the caller', streamId, 0);
    const first = await handle(store, draw, { newEventId });
    const second = await handle(store, { type: 'Draw', amount: 1 }, { newEventId });
    expect(second).toMatchObject({ appended: first.appended, decided: [], repeated: true, state: 4 });
    expect(await store.readStream(streamId)).toHaveLength(2);
  });

  it('passes on an event id that is truly taken', async () => {
    const store = await opened(10);
    const metadataOfOther = { type: 'Other', schemaVersion: 1, data: {}, metadata };
    const taken = { id: eventIdOf(commandId, streamId, 0), ...metadataOfOther };
    await store.append([{ streamId: 'another', expectedVersion: 0, events: [taken] }]);
    await expect(handle(store, draw, { commandId })).rejects.toThrow(EventIdTaken);
  });
});
