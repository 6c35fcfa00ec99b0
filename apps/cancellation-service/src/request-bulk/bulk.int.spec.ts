import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type Bulk,
  type BulkRequest,
  type CancellationId,
  countTargets,
  type JobId,
  targetsOf,
} from '@necrocode/domain';
import { newId } from '@necrocode/service-kit';
import { createTestDatabase, type TestDatabase } from '@necrocode/testing';
import { memberIdOf } from '../drive-bulk/member-id.js';
import { aJob, aRequest, stoppedBy } from '../spec/a-job.js';
import { executionEnded, openService } from '../spec/open-service.js';
import { ScriptedOwners } from '../spec/scripted-owners.js';
import type { BulkOrder } from './request-bulk.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const target = { kind: 'queue', queue: 'default', mode: 'all' } as const;
const meta = () => ({ id: randomUUID(), actor: 'user:spec' });

function aBulk(more: Partial<BulkRequest> = {}): BulkRequest {
  const { options, reason, requestedBy, fingerprint, requestedAt } = aRequest(newId('job'));
  return { cancellationId: newId('can'), target, options, reason, requestedBy, fingerprint, requestedAt, ...more };
}

/** A service, a queue with so many waiting jobs, and one job that runs once `begin` is called. */
async function scene(waiting: number) {
  const job = aJob();
  const blocker = { id: newId('can') };
  const owners = new ScriptedOwners(job.facts, (facts) => job.blockedBy(blocker.id)(facts), job.taskIds);
  const { queue } = owners;
  const jobIds = Array.from({ length: waiting }, () => newId('job')).sort();
  for (const jobId of jobIds) queue.waiting.add(jobId);
  const service = await openService(database, owners);
  const ask = (order: Partial<BulkOrder> & { request: BulkRequest }) =>
    service.bulks.request.handle({ planToken: null, expectedCount: null, ...order }, meta());
  const bulk = async (cancellationId: CancellationId): Promise<Bulk> => {
    const { state } = await service.bulks.saga.load(cancellationId);
    if (state.status === 'unknown') throw new Error('no such bulk');
    return state;
  };
  const begin = (jobId: JobId = job.jobId): void => {
    queue.waiting.delete(jobId);
    queue.started.add(jobId);
  };
  return { job, blocker, owners, queue, jobIds, service, ask, bulk, begin };
}

describe('a bulk of waiting jobs', () => {
  it('fixes its targets, dequeues them chunk by chunk and certifies what became of each', async () => {
    const { queue, jobIds, service, ask, bulk } = await scene(12_500);
    const request = aBulk();
    const answer = await ask({ request, expectedCount: 12_500 });
    expect(answer).toMatchObject({
      cancellationId: request.cancellationId,
      plan: { targets: 12_500, waiting: 12_500 },
    });
    const late = newId('job');
    queue.waiting.add(late);
    await service.bulks.drive.settled();
    const state = await bulk(request.cancellationId);
    expect(state).toMatchObject({ status: 'completed', certificate: { outcome: 'completed' } });
    expect(countTargets(state)).toMatchObject({ planned: 12_500, cancelled: 12_500, neverStarted: 12_500, pending: 0 });
    expect(targetsOf(state).map(({ jobId }) => jobId)).toEqual(jobIds);
    expect(queue.asked).toEqual([5_000, 5_000, 2_500]);
    expect([...queue.waiting]).toEqual([late]);
    expect(await service.bulks.timers.nextDueInMs()).toBeNull();
    await service.close();
  });

  it('is carried on by another replica after a crash between two chunks, and asks for no chunk that is recorded', async () => {
    const { owners, queue, service, ask, bulk } = await scene(12_500);
    const request = aBulk();
    queue.before = ({ jobIds }) => {
      if (jobIds.length === 2_500) throw new Error('the service dies here');
    };
    await ask({ request, expectedCount: 12_500 });
    await service.bulks.drive.settled();
    expect(countTargets(await bulk(request.cancellationId))).toMatchObject({ cancelled: 10_000, pending: 2_500 });
    queue.before = () => undefined;
    const successor = await openService(database, owners);
    await successor.bulks.drive.drive(request.cancellationId);
    expect(await bulk(request.cancellationId)).toMatchObject({ status: 'completed', dequeued: 12_500 });
    expect(queue.asked).toEqual([5_000, 5_000, 2_500]);
    await Promise.all([service.close(), successor.close()]);
  });

  it('that is aborted carries out what it has reached and leaves the rest alone', async () => {
    const { queue, service, ask, bulk } = await scene(20_000);
    const request = aBulk();
    const { cancellationId } = request;
    let aborted: Promise<{ aborted: boolean }> | undefined;
    queue.before = () => {
      aborted ??= service.bulks.abort.handle({ cancellationId, requestedBy: 'user:other' }, meta());
      return aborted;
    };
    await ask({ request, expectedCount: 20_000 });
    await service.bulks.drive.settled();
    expect(await aborted).toEqual({ aborted: true });
    await service.bulks.drive.drive(cancellationId);
    const state = await bulk(cancellationId);
    expect(state).toMatchObject({ status: 'aborted', abortedBy: 'user:other', certificate: { outcome: 'aborted' } });
    expect(countTargets(state)).toMatchObject({ cancelled: 10_000, notReached: 10_000, pending: 0 });
    expect(queue.waiting.size).toBe(10_000);
    await service.close();
  });

  it('and another over the same jobs: each has one winner, and the other says who', async () => {
    const { jobIds, service, ask, bulk } = await scene(50);
    const [one, other] = [aBulk(), aBulk()];
    await Promise.all([ask({ request: one }), ask({ request: other })]);
    await service.bulks.drive.settled();
    const [a, b] = [await bulk(one.cancellationId), await bulk(other.cancellationId)];
    expect([a.status, b.status]).toEqual(['completed', 'completed']);
    expect(countTargets(a).cancelled + countTargets(b).cancelled).toBe(jobIds.length);
    const lost = countTargets(a).cancelled === 0 ? a : b;
    expect(targetsOf(lost)[0]).toMatchObject({ outcome: 'already-cancelled', cancellationId: expect.any(String) });
    await service.close();
  });
});

describe('a target that has begun', () => {
  it('gets a cancellation of its own, whose certificate counts into that of the bulk', async () => {
    const { job, blocker, owners, begin, service, ask, bulk } = await scene(2);
    begin();
    const request = aBulk();
    blocker.id = memberIdOf(request.cancellationId, job.jobId);
    await ask({ request });
    await service.bulks.drive.settled();
    const member = memberIdOf(request.cancellationId, job.jobId);
    expect((await bulk(request.cancellationId)).members.get(job.jobId)).toMatchObject({
      cancellationId: member,
      joined: false,
    });
    await service.drive.settled();
    expect(await service.state(member)).toMatchObject({ status: 'in-progress', target: { jobId: job.jobId } });
    owners.facts = job.ended(member);
    await service.hear(executionEnded(job.execution, stoppedBy(member)));
    await service.drive.settled();
    for (const type of await service.types(member))
      await service.bulks.hear({ streamId: `cancellation-${member}`, type });
    await service.bulks.drive.settled();
    expect(await bulk(request.cancellationId)).toMatchObject({
      status: 'completed',
      certificate: { targets: { cancelled: 3, neverStarted: 2 }, executions: { ended: 1 } },
    });
    await service.close();
  });

  it('also when it began after the plan, and its own cancellation is joined where there is one', async () => {
    const { job, queue, begin, service, ask, bulk } = await scene(2);
    queue.waiting.add(job.jobId);
    const single = aRequest(job.jobId);
    await service.request(single);
    queue.before = () => begin();
    const request = aBulk({ options: { ...single.options, force: true } });
    await ask({ request });
    await service.bulks.drive.settled();
    expect((await bulk(request.cancellationId)).members.get(job.jobId)).toEqual({
      jobId: job.jobId,
      cancellationId: single.cancellationId,
      joined: true,
    });
    expect(await service.state(single.cancellationId)).toMatchObject({ options: { force: true } });
    await service.drive.settled();
    await service.close();
  });
});

describe('a request for a bulk', () => {
  it('that matches nothing stores nothing', async () => {
    const { service, ask } = await scene(0);
    const request = aBulk();
    expect(await ask({ request })).toMatchObject({ cancellationId: null, plan: { targets: 0 } });
    expect(await service.bulks.saga.load(request.cancellationId)).toMatchObject({ state: { status: 'unknown' } });
    await service.close();
  });

  it('never asks for anything under an empty selector', async () => {
    const { owners, service, ask } = await scene(3);
    expect(await ask({ request: aBulk({ target: { kind: 'selector', selector: {} } }) })).toMatchObject({
      cancellationId: null,
    });
    expect(owners.asked).toEqual([]);
    await service.close();
  });

  it('over the limit must be confirmed by its number or by the token of a dry run', async () => {
    const { queue, service, ask } = await scene(101);
    await expect(ask({ request: aBulk() })).rejects.toMatchObject({
      code: 'bulk-not-confirmed',
      details: { targets: 101, limit: 100 },
    });
    await expect(ask({ request: aBulk(), expectedCount: 100 })).rejects.toMatchObject({ code: 'plan-changed' });
    const request = aBulk();
    const { plan, planToken, jobIds } = await service.bulks.request.plan(request, meta());
    expect([plan.targets, jobIds.length]).toEqual([101, 100]);
    queue.waiting.add(newId('job'));
    await expect(ask({ request, planToken })).rejects.toMatchObject({ code: 'plan-changed' });
    const again = await service.bulks.request.plan(request, meta());
    expect(await ask({ request, planToken: again.planToken })).toMatchObject({ plan: { targets: 102 } });
    await service.close();
  });

  it('sent again gets the same answer, with another body a conflict', async () => {
    const { service, ask } = await scene(3);
    const request = aBulk();
    const first = await ask({ request });
    await service.bulks.drive.settled();
    expect(await ask({ request })).toEqual(first);
    await expect(ask({ request: { ...request, fingerprint: 'sha256:two' } })).rejects.toThrow('idempotency-conflict');
    await service.close();
  });

  it('cannot abort a cancellation of a single job, nor one that is not there', async () => {
    const { job, service } = await scene(0);
    const request = aRequest(job.jobId);
    await service.request(request);
    const abort = (cancellationId: CancellationId) =>
      service.bulks.abort.handle({ cancellationId, requestedBy: 'user:spec' }, meta());
    await expect(abort(request.cancellationId)).rejects.toMatchObject({ code: 'cancellation-not-abortable' });
    await expect(abort(newId('can'))).rejects.toThrow('cancellation-not-found');
    await service.drive.settled();
    await service.close();
  });
});
