import { expect, it } from '@jest/globals';
import { WrongExpectedVersion } from '../errors.js';
import type { Subject } from './event-store-contract.js';
import { appendOf, freshStream, someEvents } from './events.js';

export function concurrencyExamples(subject: Subject): void {
  it('lets one of two writers at one version win and tells the other who did', async () => {
    const streamId = freshStream();
    const writers = [someEvents(1), someEvents(1)];
    const outcomes = await Promise.allSettled(
      writers.map((events) => subject().store.append([appendOf(streamId, 0, events)])),
    );
    const stored = await subject().store.readStream(streamId);
    expect(stored).toHaveLength(1);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const loss = outcomes.find((outcome) => outcome.status === 'rejected');
    expect(loss?.reason).toBeInstanceOf(WrongExpectedVersion);
    expect(loss?.reason).toMatchObject({ expectedVersion: 0, actualVersion: 1, winners: stored });
  });

  it('does not let a conflict disturb appends made at the same moment', async () => {
    const taken = freshStream();
    await subject().store.append([appendOf(taken, 0, someEvents(1))]);
    const others = Array.from({ length: 20 }, () => appendOf(freshStream(), 0, someEvents(2)));
    const appends = others.map((append) => subject().store.append([append]));
    const conflict = subject().store.append([appendOf(taken, 0, someEvents(1))]);
    await expect(conflict).rejects.toBeInstanceOf(WrongExpectedVersion);
    for (const { events } of await Promise.all(appends)) expect(events).toHaveLength(2);
    for (const { streamId } of others) expect(await subject().store.readStream(streamId)).toHaveLength(2);
  });

  it('never leaves a gap or a double version, however many writers retry', async () => {
    const streamId = freshStream();
    const write = async (): Promise<void> => {
      for (;;) {
        const { length } = await subject().store.readStream(streamId);
        try {
          await subject().store.append([appendOf(streamId, length, someEvents(2))]);
          return;
        } catch (error) {
          if (!(error instanceof WrongExpectedVersion)) throw error;
        }
      }
    };
    await Promise.all(Array.from({ length: 10 }, write));
    const stored = await subject().store.readStream(streamId);
    expect(stored.map(({ streamVersion }) => streamVersion)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
  });

  it('lets crossing appends to the same streams end with one winner for both', async () => {
    const [left, right] = [freshStream(), freshStream()];
    const outcomes = await Promise.allSettled([
      subject().store.append([appendOf(left, 0, someEvents(1)), appendOf(right, 0, someEvents(1))]),
      subject().store.append([appendOf(right, 0, someEvents(1)), appendOf(left, 0, someEvents(1))]),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    for (const streamId of [left, right]) expect(await subject().store.readStream(streamId)).toHaveLength(1);
  });
}
