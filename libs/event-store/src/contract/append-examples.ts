import { expect, it } from '@jest/globals';
import { MalformedAppend, WrongExpectedVersion } from '../errors.js';
import type { Subject } from './event-store-contract.js';
import { anEvent, appendOf, freshStream, someEvents } from './events.js';

export function appendExamples(subject: Subject): void {
  it('starts a stream at version 1 and answers with the events as stored', async () => {
    const streamId = freshStream();
    const events = someEvents(3);
    const { events: stored, repeated } = await subject().store.append([appendOf(streamId, 0, events)]);
    expect(repeated).toBe(false);
    expect(stored).toMatchObject(events.map((event, index) => ({ ...event, streamId, streamVersion: index + 1 })));
    expect(await subject().store.readStream(streamId)).toEqual(stored);
  });

  it('goes on from the expected version', async () => {
    const streamId = freshStream();
    await subject().store.append([appendOf(streamId, 0, someEvents(2))]);
    const { events } = await subject().store.append([appendOf(streamId, 2, someEvents(1))]);
    expect(events.map((event) => event.streamVersion)).toEqual([3]);
  });

  it('says when it recorded an event, in RFC 3339 UTC', async () => {
    const { events } = await subject().store.append([appendOf(freshStream(), 0, someEvents(1))]);
    expect(events[0]?.recordedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
  });

  it('appends to many streams at once, answering in the order given', async () => {
    const streams = [freshStream(), freshStream(), freshStream()].map((id, n) => appendOf(id, 0, someEvents(n + 1)));
    const { events } = await subject().store.append(streams);
    expect(events.map(({ id }) => id)).toEqual(streams.flatMap((stream) => stream.events.map(({ id }) => id)));
    for (const { streamId, events: given } of streams)
      expect(await subject().store.readStream(streamId)).toHaveLength(given.length);
  });

  it('writes nothing anywhere when one of many streams has moved', async () => {
    const [moved, untouched] = [freshStream(), freshStream()];
    await subject().store.append([appendOf(moved, 0, someEvents(1))]);
    const append = subject().store.append([appendOf(untouched, 0, someEvents(1)), appendOf(moved, 0, someEvents(1))]);
    await expect(append).rejects.toBeInstanceOf(WrongExpectedVersion);
    expect(await subject().store.readStream(untouched)).toEqual([]);
  });

  it('refuses an older version, telling the actual one and the events that won', async () => {
    const streamId = freshStream();
    const { events } = await subject().store.append([appendOf(streamId, 0, someEvents(3))]);
    const error = await subject()
      .store.append([appendOf(streamId, 1, someEvents(1))])
      .catch((e: unknown) => e);
    expect(error).toBeInstanceOf(WrongExpectedVersion);
    expect(error).toMatchObject({ streamId, expectedVersion: 1, actualVersion: 3, winners: events.slice(1) });
  });

  it('refuses a version the stream has not reached, leaving no gap', async () => {
    const streamId = freshStream();
    await subject().store.append([appendOf(streamId, 0, someEvents(1))]);
    const append = subject().store.append([appendOf(streamId, 5, someEvents(1))]);
    await expect(append).rejects.toMatchObject({ name: 'WrongExpectedVersion', actualVersion: 1, winners: [] });
    expect(await subject().store.readStream(streamId)).toHaveLength(1);
  });

  it('keeps any JSON as it was given', async () => {
    const streamId = freshStream();
    const data = {
      numbers: [0, -1, 1e21, 5e-324, 1.7976931348623157e308, 0.1, 9007199254740991],
      texts: ['', 'NUL \u0000 inside', '\u2028', '😀', '\\"'],
      nested: { b: { d: [], c: {} }, a: null, '': true },
    };
    await subject().store.append([appendOf(streamId, 0, [anEvent({ data })])]);
    expect(await subject().store.readStream(streamId)).toMatchObject([{ data }]);
  });

  it.each([
    ['no stream', []],
    ['no event', [appendOf('example-empty', 0, [])]],
    ['a stream given twice', [appendOf('example-x', 0, someEvents(1)), appendOf('example-x', 1, someEvents(1))]],
    ['a negative version', [appendOf('example-x', -1, someEvents(1))]],
    ['an empty stream id', [appendOf('', 0, someEvents(1))]],
    ['an id that is no UUID', [appendOf('example-x', 0, [anEvent({ id: 'one' })])]],
    ['an upper-case UUID', [appendOf('example-x', 0, [anEvent({ id: '0199C2F0-0000-7000-8000-000000000001' })])]],
    ['schema version 0', [appendOf('example-x', 0, [anEvent({ schemaVersion: 0 })])]],
    ['data that is not JSON', [appendOf('example-x', 0, [anEvent({ data: { at: new Date(0) } })])]],
    ['no data', [appendOf('example-x', 0, [anEvent({ data: undefined })])]],
  ])('refuses %s', async (_what, streams) => {
    await expect(subject().store.append(streams)).rejects.toBeInstanceOf(MalformedAppend);
  });

  it('refuses one event id given twice in an append', async () => {
    const event = anEvent();
    const append = subject().store.append([appendOf(freshStream(), 0, [event, event])]);
    await expect(append).rejects.toBeInstanceOf(MalformedAppend);
  });
}
