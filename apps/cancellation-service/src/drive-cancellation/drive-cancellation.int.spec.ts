import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@necrocode/testing';
import { stoppedBy } from '../spec/a-job.js';
import { executionEnded, openService } from '../spec/open-service.js';
import { openStage } from '../spec/open-stage.js';
import { ScriptedOwners } from '../spec/scripted-owners.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const scene = (patienceMs?: number) => openStage(database, patienceMs);

describe('a cancellation', () => {
  it('blocks, stops, waits for the end, settles, cleans, looks twice and certifies', async () => {
    const { request, cancellationId, owners, service, end } = await scene();
    expect(await service.request(request)).toEqual({ result: 'accepted', cancellationId });
    await service.drive.settled();
    expect(await service.state(cancellationId)).toMatchObject({
      status: 'in-progress',
      steps: { terminate: { status: 'open' } },
    });
    await end();
    const state = await service.state(cancellationId);
    expect(state).toMatchObject({
      status: 'completed',
      certificate: { outcome: 'completed', tasks: { cancelled: 2, neverStarted: 1 } },
    });
    expect(owners.asked).toEqual(
      expect.arrayContaining(['block-dispatch', 'stop-executions', 'clean', 'inspect-executions']),
    );
    expect(await service.targets.ofJob(request.target.jobId)).toEqual([]);
    expect(await service.drives.nextDueInMs()).toBeNull();
    await service.close();
  });

  it('signals beside the durable path: before the block has been answered', async () => {
    const { request, owners, service, end } = await scene();
    await service.request(request);
    expect(owners.told).toEqual([`${owners.facts.runnerId} stop`]);
    await service.drive.settled();
    expect(owners.asked.slice(0, 3)).toEqual(['describe-job', 'stop-executions', 'block-dispatch']);
    await end();
    await service.close();
  });

  it('asks for each thing once, however many news come at once', async () => {
    const { job, request, cancellationId, owners, service } = await scene();
    await service.request(request);
    await service.drive.settled();
    owners.facts = job.ended(cancellationId);
    const ended = executionEnded(job.execution, stoppedBy(cancellationId));
    const news = ['TaskCancelled', 'JobCancelled', 'SlotFreed'].map((type) => ({ ...ended, id: randomUUID(), type }));
    await Promise.all([ended, ...news].map((event) => service.hear(event)));
    await service.drive.settled();
    expect(await service.state(cancellationId)).toMatchObject({ status: 'completed' });
    const twoLooks = 2;
    expect(owners.asked.filter((verb) => verb === 'inspect-executions')).toHaveLength(twoLooks);
    await service.close();
  });

  it('whose execution ended before the plan was made still counts that end', async () => {
    const { job, request, cancellationId, owners, service, end } = await scene();
    owners.away.add('dispatcher');
    await service.saga.begin(
      { type: 'RequestCancellation', ...request, at: request.requestedAt },
      'spec-early',
      { actor: 'user:spec', correlationId: job.jobId },
      [service.targets.claim(request.target, cancellationId), service.drives.schedule(cancellationId, 60_000)],
    );
    await end();
    expect((await service.types(cancellationId)).filter((type) => type === 'TerminationRecorded')).toHaveLength(1);
    owners.away.clear();
    owners.facts = job.facts;
    await service.drive.drive(cancellationId);
    owners.facts = job.ended(cancellationId);
    await service.drive.drive(cancellationId);
    expect(await service.state(cancellationId)).toMatchObject({ status: 'completed' });
    await service.close();
  });

  it('is carried on by another replica after the death of the first, from what is stored', async () => {
    const { job, request, cancellationId, owners, service } = await scene();
    owners.away.add('dispatcher').add('runner-monitor');
    owners.away.delete('dispatcher');
    await service.request(request);
    await service.drive.settled();
    await service.close();
    const successor = new ScriptedOwners(job.ended(cancellationId), (facts) => facts, job.taskIds);
    successor.endings.set(job.execution.executionId, stoppedBy(cancellationId));
    const other = await openService(database, successor);
    await other.drive.drive(cancellationId);
    await other.drive.drive(cancellationId);
    expect(await other.state(cancellationId)).toMatchObject({ status: 'completed' });
    await other.close();
  });

  it('says partial while a step stays undone, and completed once it is proven', async () => {
    const { request, cancellationId, owners, service, end } = await scene();
    owners.away.add('artifact-cleaner');
    await service.request(request);
    await service.drive.settled();
    await end();
    for (let drives = 0; drives < 8; drives += 1) await service.drive.drive(cancellationId);
    expect(await service.state(cancellationId)).toMatchObject({
      status: 'partial',
      certificate: { outcome: 'partial' },
    });
    owners.away.clear();
    await service.drive.drive(cancellationId);
    expect(await service.state(cancellationId)).toMatchObject({
      status: 'completed',
      certificate: { outcome: 'completed' },
    });
    await service.close();
  });

  it('says partial while a cleaner is never done, with the next drive, and completed once it is', async () => {
    const { request, cancellationId, owners, service, end } = await scene(0);
    owners.cleaned = false;
    await service.request(request);
    await service.drive.settled();
    await end();
    for (let drives = 0; drives < 8; drives += 1) await service.drive.drive(cancellationId);
    expect(await service.state(cancellationId)).toMatchObject({
      status: 'partial',
      steps: { clean: { attempts: 8, lastError: { code: 'no-progress' }, nextDriveAt: expect.any(String) } },
      certificate: { outcome: 'partial', left: [{ step: 'clean' }] },
    });
    owners.cleaned = true;
    await service.drive.drive(cancellationId);
    expect(await service.state(cancellationId)).toMatchObject({ status: 'completed' });
    await service.close();
  });

  it('counts as open, stalled and left partial for as long as it is, for every replica to see', async () => {
    const { request, cancellationId, owners, service, end } = await scene(0);
    const before = await service.targets.count();
    owners.cleaned = false;
    await service.request(request);
    await service.drive.settled();
    await end();
    expect(await service.targets.count()).toMatchObject({ open: before.open + 1, stalled: before.stalled });
    for (let drives = 0; drives < 8; drives += 1) await service.drive.drive(cancellationId);
    const stalled = await service.targets.count();
    expect(stalled).toMatchObject({ stalled: before.stalled + 1, partial: before.partial + 1 });
    expect(stalled.longestStalledSeconds).toBeGreaterThan(0);
    owners.cleaned = true;
    await service.drive.drive(cancellationId);
    expect(await service.targets.count()).toEqual(before);
    await service.close();
  });

  it('says partial while an execution outlives its grace period', async () => {
    const { request, cancellationId, service, end } = await scene(0);
    await service.request({ ...request, options: { ...request.options, force: true } });
    await service.drive.settled();
    for (let drives = 0; drives < 8; drives += 1) await service.drive.drive(cancellationId);
    expect(await service.state(cancellationId)).toMatchObject({
      status: 'partial',
      steps: { terminate: { attempts: 8 } },
    });
    await end();
    expect(await service.state(cancellationId)).toMatchObject({ status: 'completed' });
    await service.close();
  });

  it('gives no certificate while a second look finds a survivor', async () => {
    const { request, cancellationId, owners, service, end } = await scene();
    owners.survivors = 1;
    await service.request(request);
    await service.drive.settled();
    await end();
    expect(await service.state(cancellationId)).toMatchObject({ status: 'in-progress', certificate: null });
    owners.survivors = 0;
    await service.drive.drive(cancellationId);
    expect(await service.state(cancellationId)).toMatchObject({ status: 'completed' });
    await service.close();
  });
});
