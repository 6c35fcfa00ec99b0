import { describe, expect, it, jest } from '@jest/globals';
import { InMemoryEventStore } from '@necrocode/event-store';
import { appendOf, freshStream, someEvents } from '@necrocode/event-store/contract';
import { RecentStreams } from './recent-streams.js';

const stage = () => {
  const store = new InMemoryEventStore();
  const readStreams = jest.spyOn(store, 'readStreams');
  return { store, readStreams, recent: new RecentStreams(store) };
};

describe('a stream that is asked for again', () => {
  it('is whole and up to date each time, and only its news are read', async () => {
    const { store, readStreams, recent } = stage();
    const [one, other] = [freshStream(), freshStream()];
    await store.append([appendOf(one, 0, someEvents(3))]);
    const readBoth = () => Promise.all([recent.read(one), recent.read(other), recent.read(one)]);
    const both = async () => [await store.readStream(one), await store.readStream(other), await store.readStream(one)];
    expect(await readBoth()).toEqual(await both());
    await store.append([appendOf(one, 3, someEvents(2)), appendOf(other, 0, someEvents(1))]);
    expect(await readBoth()).toEqual(await both());
    expect(readStreams.mock.calls).toEqual([
      [
        [one, other],
        [1, 1],
      ],
      [
        [one, other],
        [4, 1],
      ],
    ]);
  });

  it('is read anew after a while: it may have been archived', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick'] });
    jest.advanceTimersByTime(1); // The cache takes the moment 0 for none.
    try {
      const { store, recent } = stage();
      const streamId = freshStream();
      await store.append([appendOf(streamId, 0, someEvents(3))]);
      await recent.read(streamId);
      jest.advanceTimersByTime(1_000);
      await store.append([appendOf(streamId, 3, someEvents(1))]);
      await recent.read(streamId);
      jest.advanceTimersByTime(1_500);
      const archived = new InMemoryEventStore();
      jest.spyOn(store, 'readStreams').mockImplementation((...args) => archived.readStreams(...args));
      expect(await recent.read(streamId)).toEqual([]);
    } finally {
      jest.useRealTimers();
    }
  });
});
