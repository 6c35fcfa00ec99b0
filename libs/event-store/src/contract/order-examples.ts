import { expect, it } from '@jest/globals';
import type { Position, PositionedEvent } from '../event-store.js';
import type { Subject } from './event-store-contract.js';
import { appendOf, freshStream, someEvents } from './events.js';

export function orderExamples(subject: Subject): void {
  async function readFrom(after: Position): Promise<readonly PositionedEvent[]> {
    await subject().numberAll();
    return subject().store.readAll(after, 10_000);
  }

  async function positionNow(): Promise<Position> {
    await subject().numberAll();
    return subject().store.lastPosition();
  }

  it('gives consecutive positions in the order of appending', async () => {
    const start = await positionNow();
    const [first, second] = [freshStream(), freshStream()];
    await subject().store.append([appendOf(first, 0, someEvents(2))]);
    await subject().store.append([appendOf(second, 0, someEvents(1))]);
    await subject().store.append([appendOf(first, 2, someEvents(1))]);
    const read = await readFrom(start);
    expect(read.map(({ position }) => position)).toEqual([start + 1n, start + 2n, start + 3n, start + 4n]);
    expect(read.map(({ streamId, streamVersion }) => [streamId, streamVersion])).toEqual([
      [first, 1],
      [first, 2],
      [second, 1],
      [first, 3],
    ]);
    expect(await subject().store.lastPosition()).toBe(start + 4n);
  });

  it('reads the same event by position as by stream', async () => {
    const start = await positionNow();
    const { events } = await subject().store.append([appendOf(freshStream(), 0, someEvents(1))]);
    expect(await readFrom(start)).toEqual(events.map((event) => ({ ...event, position: start + 1n })));
  });

  it('reads at most as many as asked for, and goes on from there', async () => {
    const start = await positionNow();
    await subject().store.append([appendOf(freshStream(), 0, someEvents(5))]);
    await subject().numberAll();
    const page = await subject().store.readAll(start, 2);
    expect(page.map(({ streamVersion }) => streamVersion)).toEqual([1, 2]);
    const rest = await subject().store.readAll(start + 2n, 10);
    expect(rest.map(({ streamVersion }) => streamVersion)).toEqual([3, 4, 5]);
  });

  it('reads nothing beyond the end', async () => {
    expect(await readFrom(await positionNow())).toEqual([]);
  });

  it('never changes a position once given', async () => {
    const start = await positionNow();
    await Promise.all(
      Array.from({ length: 5 }, () => subject().store.append([appendOf(freshStream(), 0, someEvents(2))])),
    );
    const before = await readFrom(start);
    await subject().store.append([appendOf(freshStream(), 0, someEvents(3))]);
    expect((await readFrom(start)).slice(0, 10)).toEqual(before);
  });

  it('never inverts the versions of a stream, however many write at once', async () => {
    const start = await positionNow();
    const streams = Array.from({ length: 8 }, () => freshStream());
    const write = async (streamId: string): Promise<void> => {
      for (let version = 0; version < 10; version++)
        await subject().store.append([appendOf(streamId, version, someEvents(1))]);
    };
    await Promise.all(streams.map(write));
    const read = await readFrom(start);
    expect(read).toHaveLength(80);
    for (const streamId of streams) {
      const versions = read.filter((event) => event.streamId === streamId).map(({ streamVersion }) => streamVersion);
      expect(versions).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    }
  });
}
