import { expect, it } from '@jest/globals';
import type { Subject } from './event-store-contract.js';
import { anEvent, appendOf, freshStream, someEvents } from './events.js';

export function readExamples(subject: Subject): void {
  it('finds nothing in a stream that does not exist', async () => {
    expect(await subject().store.readStream(freshStream())).toEqual([]);
  });

  it('reads from a version on', async () => {
    const streamId = freshStream();
    const { events } = await subject().store.append([appendOf(streamId, 0, someEvents(5))]);
    expect(await subject().store.readStream(streamId, 4)).toEqual(events.slice(3));
    expect(await subject().store.readStream(streamId, 6)).toEqual([]);
  });

  it('reads many streams at once, with an empty list for one that does not exist', async () => {
    const [first, second, unknown] = [freshStream(), freshStream(), freshStream()];
    await subject().store.append([appendOf(first, 0, someEvents(2)), appendOf(second, 0, someEvents(1))]);
    const read = await subject().store.readStreams([first, unknown, second]);
    expect([...read.keys()]).toEqual([first, unknown, second]);
    expect(read.get(first)).toEqual(await subject().store.readStream(first));
    expect(read.get(second)).toEqual(await subject().store.readStream(second));
    expect(read.get(unknown)).toEqual([]);
  });

  it('reads many streams at once, each from its own version on', async () => {
    const [first, second, unknown] = [freshStream(), freshStream(), freshStream()];
    await subject().store.append([appendOf(first, 0, someEvents(3)), appendOf(second, 0, someEvents(2))]);
    const read = await subject().store.readStreams([first, unknown, second], [2, 1, 3]);
    expect([...read.keys()]).toEqual([first, unknown, second]);
    expect(read.get(first)).toEqual(await subject().store.readStream(first, 2));
    expect(read.get(second)).toEqual([]);
    expect(read.get(unknown)).toEqual([]);
  });

  it('answers reads that are asked for at once each with its own', async () => {
    const [first, second, unknown] = [freshStream(), freshStream(), freshStream()];
    const { events } = await subject().store.append([appendOf(first, 0, someEvents(4))]);
    await subject().store.append([appendOf(second, 0, someEvents(1))]);
    const asked = [first, unknown, first, second].map((streamId, index) =>
      subject().store.readStream(streamId, index + 1),
    );
    expect(await Promise.all(asked)).toEqual([events, [], events.slice(2), []]);
  });

  it('is not changed through an event it handed out', async () => {
    const streamId = freshStream();
    const data: { list: number[] } = { list: [1] };
    await subject().store.append([appendOf(streamId, 0, [anEvent({ data })])]);
    data.list.push(2);
    expect(await subject().store.readStream(streamId)).toMatchObject([{ data: { list: [1] } }]);
  });
}
