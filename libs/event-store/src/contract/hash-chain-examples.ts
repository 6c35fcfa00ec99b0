import { expect, it } from '@jest/globals';
import { verifyStream } from '../hash-chain.js';
import type { Subject } from './event-store-contract.js';
import { anEvent, appendOf, freshStream, someEvents } from './events.js';

export function hashChainExamples(subject: Subject): void {
  it('chains every event to the one before it, over many appends', async () => {
    const streamId = freshStream();
    await subject().store.append([appendOf(streamId, 0, someEvents(2))]);
    await subject().store.append([appendOf(streamId, 2, someEvents(3))]);
    const stored = await subject().store.readStream(streamId);
    expect(stored.map(({ previousHash }) => previousHash)).toEqual([
      null,
      ...stored.slice(0, -1).map(({ hash }) => hash),
    ]);
    expect(verifyStream(stored)).toMatchObject({ intact: true, length: 5, head: { hash: stored.at(-1)?.hash } });
  });

  it('verifies from what is read back, whatever the store did to the JSON', async () => {
    const streamId = freshStream();
    const data = { z: 1, a: { '10': 1e21, '2': -0, é: 5e-324 }, 'b\u0000': 'x\u0000y', text: '\u2028€😀' };
    await subject().store.append([appendOf(streamId, 0, [anEvent({ data })])]);
    expect(verifyStream(await subject().store.readStream(streamId))).toMatchObject({ intact: true });
  });

  it('gives the same hash for the same event, in whatever order its members came', async () => {
    const [first, second] = [anEvent({ data: { a: 1, b: 2 } }), anEvent({ data: { b: 2, a: 1 } })];
    const streamId = freshStream();
    const { events } = await subject().store.append([appendOf(streamId, 0, [first])]);
    expect(verifyStream(events.map((event) => ({ ...event, data: second.data })))).toMatchObject({ intact: true });
  });
}
