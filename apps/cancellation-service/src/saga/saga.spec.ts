import { beforeEach, describe, expect, it } from '@jest/globals';
import { streamIdOf } from '@necrocode/contracts';
import { type CancellationRequest, type InputOf, Rejection } from '@necrocode/domain';
import { InMemoryEventStore, type StreamAppend } from '@necrocode/event-store';
import { type DriveQueue, newId } from '@necrocode/service-kit';
import { randomUUID } from 'node:crypto';
import { aRequest } from '../spec/a-job.js';
import type { OpenTargets } from './open-targets.js';
import { Saga } from './saga.js';

/** Counts the events of each append. */
class CountingStore extends InMemoryEventStore {
  readonly appends: number[] = [];

  override append(streams: readonly StreamAppend[]) {
    this.appends.push(streams.flatMap(({ events }) => events).length);
    return super.append(streams);
  }
}

const joinedBy =
  (requestedBy: string): InputOf =>
  ({ options, reason }, proof, at) => ({ type: 'JoinCancellation', options, reason, requestedBy, at, proof });
const undone: InputOf = (_, proof, at) => ({ type: 'UndoCancellation', requestedBy: 'user:ada', at, proof });

describe('inputs that come while another is being recorded', () => {
  let store: CountingStore;
  let request: CancellationRequest;
  let saga: Saga;

  // What is open and its timers do not change here.
  const open = (): Saga => new Saga(store, {} as unknown as OpenTargets, {} as unknown as DriveQueue);
  const joined = async () =>
    (await store.readStream(streamIdOf('cancellation', request.cancellationId)))
      .filter(({ type }) => type === 'CancellationJoined')
      .map(({ data }) => (data as { requestedBy: string }).requestedBy);
  const join = (name: string, commandId: string = randomUUID(), by = saga) =>
    by.feed(request.cancellationId, joinedBy(name), commandId);

  beforeEach(async () => {
    store = new CountingStore();
    saga = open();
    request = aRequest(newId('job'));
    const command = { type: 'RequestCancellation' as const, ...request, at: new Date().toISOString() };
    await saga.begin(command, randomUUID(), { actor: 'user:ada', correlationId: request.target.jobId }, []);
    store.appends.length = 0;
  });

  it('share the next append, in their order', async () => {
    await Promise.all(['a', 'b', 'c', 'd'].map((name) => join(name)));
    expect(await joined()).toEqual(['a', 'b', 'c', 'd']);
    expect(store.appends).toEqual([1, 3]);
  });

  it('are all decided again when another replica was first', async () => {
    await join('elsewhere', randomUUID(), open());
    await Promise.all(['a', 'b', 'c'].map((name) => join(name)));
    expect(await joined()).toEqual(['elsewhere', 'a', 'b', 'c']);
  });

  it('are recorded beside one that is refused', async () => {
    const answers = await Promise.allSettled([
      join('a'),
      join('b'),
      saga.feed(request.cancellationId, undone, randomUUID()),
      join('c'),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(answers[2]).toMatchObject({ reason: expect.any(Rejection) });
    expect(await joined()).toEqual(['a', 'b', 'c']);
  });

  it('are recorded beside one that was recorded before, which brings nothing', async () => {
    const again = randomUUID();
    await join('again', again);
    await Promise.all([join('a'), join('b'), join('again', again), join('c')]);
    expect(await joined()).toEqual(['again', 'a', 'b', 'c']);
  });

  it('are answered with the state that all of them lead to', async () => {
    const [, second, third] = await Promise.all(['a', 'b', 'c'].map((name) => join(name)));
    expect(second?.version).toBe(third?.version);
    expect(third?.events).toEqual(await store.readStream(streamIdOf('cancellation', request.cancellationId)));
  });
});
