import { describe, expect, it } from '@jest/globals';
import { someEvents } from '@necrocode/event-store/contract';
import { GroupCommit, type GroupCommitLimits, type PendingAppend } from './group-commit.js';

/** A writer whose batches stay under way until the spec lets them land. */
function groupCommit(limits: GroupCommitLimits = {}) {
  const batches: { streams: string[][]; land: () => Promise<void> }[] = [];
  const write = (batch: readonly PendingAppend[]): Promise<void> =>
    new Promise((resolve) => {
      const land = async (): Promise<void> => {
        for (const pending of batch) pending.resolve({ events: [], repeated: false });
        resolve();
        await new Promise((turn) => setImmediate(turn));
      };
      batches.push({ streams: batch.map(({ streams }) => streams.map(({ streamId }) => streamId)), land });
    });
  const group = new GroupCommit(write, limits);
  const append = (streamIds: string[], events = 1): Promise<unknown> =>
    group.append(
      streamIds.map((streamId) => ({ streamId, expectedVersion: 0, events: someEvents(events) })),
      [],
    );
  return { batches, append, turn: () => new Promise((resolve) => setImmediate(resolve)) };
}

describe('group commit', () => {
  it('writes an append that is alone at once', async () => {
    const { batches, append, turn } = groupCommit();
    void append(['a']);
    await turn();
    expect(batches.map(({ streams }) => streams)).toEqual([[['a']]]);
  });

  it('takes together what comes in one turn, and what comes while others are under way', async () => {
    const { batches, append, turn } = groupCommit({ flights: 1 });
    void append(['a']);
    void append(['b']);
    await turn();
    void append(['c']);
    await turn();
    void append(['d', 'e']);
    await turn();
    expect(batches.map(({ streams }) => streams)).toEqual([[['a'], ['b']]]);
    await batches[0]?.land();
    expect(batches[1]?.streams).toEqual([['c'], ['d', 'e']]);
  });

  it('has no more batches under way than it may', async () => {
    const { batches, append, turn } = groupCommit({ flights: 2 });
    for (const streamId of ['a', 'b', 'c', 'd']) {
      void append([streamId]);
      await turn();
    }
    expect(batches.map(({ streams }) => streams)).toEqual([[['a']], [['b']]]);
    await batches[1]?.land();
    expect(batches[2]?.streams).toEqual([['c'], ['d']]);
  });

  it('never has a stream in two batches, or twice in one, and keeps its appends in order', async () => {
    const { batches, append, turn } = groupCommit({ flights: 3 });
    void append(['a']);
    void append(['a', 'b']);
    void append(['b']);
    void append(['c']);
    await turn();
    expect(batches.map(({ streams }) => streams)).toEqual([[['a'], ['c']]]);
    await batches[0]?.land();
    expect(batches[1]?.streams).toEqual([['a', 'b']]);
    await batches[1]?.land();
    expect(batches[2]?.streams).toEqual([['b']]);
  });

  it('closes a batch at its limit, and lets a larger append go alone', async () => {
    const { batches, append, turn } = groupCommit({ flights: 9, events: 10 });
    for (const [streamId, events] of [
      ['a', 6],
      ['b', 6],
      ['c', 50],
      ['d', 1],
    ] as const)
      void append([streamId], events);
    await turn();
    expect(batches.map(({ streams }) => streams)).toEqual([[['a'], ['b']], [['c']], [['d']]]);
  });
});
