import { expect, it } from '@jest/globals';
import { EventIdTaken } from '../errors.js';
import type { Subject } from './event-store-contract.js';
import { anEvent, appendOf, freshStream, someEvents } from './events.js';

export function repetitionExamples(subject: Subject): void {
  it('answers with what was stored the first time and writes nothing', async () => {
    const append = appendOf(freshStream(), 0, someEvents(2));
    const first = await subject().store.append([append]);
    const second = await subject().store.append([append]);
    expect(second).toEqual({ events: first.events, repeated: true });
    expect(await subject().store.readStream(append.streamId)).toHaveLength(2);
  });

  it('knows a repetition also when the stream has moved on since', async () => {
    const append = appendOf(freshStream(), 0, someEvents(1));
    const first = await subject().store.append([append]);
    await subject().store.append([appendOf(append.streamId, 1, someEvents(2))]);
    expect(await subject().store.append([append])).toEqual({ events: first.events, repeated: true });
  });

  it('knows a repetition whatever version it expects', async () => {
    const { streamId, events } = appendOf(freshStream(), 0, someEvents(1));
    await subject().store.append([appendOf(streamId, 0, events)]);
    expect(await subject().store.append([appendOf(streamId, 1, events)])).toMatchObject({ repeated: true });
    expect(await subject().store.readStream(streamId)).toHaveLength(1);
  });

  it('knows a repetition over many streams', async () => {
    const streams = [appendOf(freshStream(), 0, someEvents(2)), appendOf(freshStream(), 0, someEvents(1))];
    const first = await subject().store.append(streams);
    expect(await subject().store.append(streams)).toEqual({ events: first.events, repeated: true });
  });

  it('refuses an append of which only a part is stored', async () => {
    const streamId = freshStream();
    const [stored, fresh] = [anEvent(), anEvent()];
    await subject().store.append([appendOf(streamId, 0, [stored])]);
    const append = subject().store.append([appendOf(streamId, 1, [fresh, stored])]);
    await expect(append).rejects.toMatchObject({ name: 'EventIdTaken', eventIds: [stored.id] });
    expect(await subject().store.readStream(streamId)).toHaveLength(1);
  });

  it('refuses an event id that belongs to another stream', async () => {
    const event = anEvent();
    await subject().store.append([appendOf(freshStream(), 0, [event])]);
    await expect(subject().store.append([appendOf(freshStream(), 0, [event])])).rejects.toBeInstanceOf(EventIdTaken);
  });

  it('stores one of many identical appends made at once, and answers all of them alike', async () => {
    const append = appendOf(freshStream(), 0, someEvents(2));
    const results = await Promise.all(Array.from({ length: 8 }, () => subject().store.append([append])));
    const stored = await subject().store.readStream(append.streamId);
    expect(stored).toHaveLength(2);
    for (const { events } of results) expect(events).toEqual(stored);
    expect(results.filter(({ repeated }) => !repeated)).toHaveLength(1);
  });
}
