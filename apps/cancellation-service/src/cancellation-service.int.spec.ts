import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Rejection } from '@necrocode/domain';
import { createTestDatabase, type TestDatabase } from '@necrocode/testing';
import { aJob, aRequest, stoppedBy } from './spec/a-job.js';
import { executionEnded, openService } from './spec/open-service.js';
import { ScriptedOwners } from './spec/scripted-owners.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** A job, the service, and the request for it; `end` lets the execution end as the runner-monitor would tell it. */
async function scene(patienceMs?: number) {
  const job = aJob();
  const request = aRequest(job.jobId);
  const { cancellationId } = request;
  const owners = new ScriptedOwners(job.facts, job.blockedBy(cancellationId), job.taskIds);
  const service = await openService(database, owners, patienceMs);
  const end = async () => {
    owners.facts = job.ended(cancellationId);
    await service.hear(executionEnded(job.execution, stoppedBy(cancellationId)));
    await service.drive.settled();
  };
  return { job, request, cancellationId, owners, service, end };
}

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

describe('an undo window', () => {
  /** A request with a window, driven until everything is held. */
  async function held(windowMs: number) {
    const stage = await scene();
    const request = { ...stage.request, undoWindowMs: windowMs };
    await stage.service.request(request);
    await stage.service.drive.settled();
    return { ...stage, request };
  }

  it('holds everything and signals nobody; an undo lets it go on and leaves nothing open', async () => {
    const { request, cancellationId, owners, service } = await held(600_000);
    await service.drive.drive(cancellationId);
    expect(await service.state(cancellationId)).toMatchObject({
      status: 'requested',
      hold: { phase: 'holding', frozen: [expect.any(String)] },
    });
    expect(owners.asked).not.toContain('stop-executions');
    expect(owners.asked).not.toContain('block-dispatch');
    await service.undo(cancellationId);
    await service.drive.settled();
    expect(await service.state(cancellationId)).toMatchObject({ status: 'undone', certificate: null });
    expect(owners.asked).toContain('unpark-tasks');
    expect(await service.targets.ofJob(request.target.jobId)).toEqual([]);
    expect(await service.drives.dueAt(cancellationId)).toBeUndefined();
    await service.undo(cancellationId);
    await service.close();
  });

  it('that is over is followed by the steps, however it was driven', async () => {
    const { cancellationId, owners, service, end } = await held(1);
    await service.drive.drive(cancellationId);
    expect(owners.asked).toEqual(expect.arrayContaining(['park-tasks', 'block-dispatch', 'stop-executions']));
    await expect(service.undo(cancellationId)).rejects.toMatchObject({ code: 'undo-window-over' });
    await end();
    expect(await service.state(cancellationId)).toMatchObject({ status: 'completed' });
    await service.close();
  });

  it('is driven again at its end, not a back-off later', async () => {
    const { cancellationId, service } = await held(3_600_000);
    const until = Date.now() + 3_600_000;
    await service.drives.run(service.drives.schedule(cancellationId, 7_200_000));
    await service.drive.drive(cancellationId);
    expect(Date.parse((await service.drives.dueAt(cancellationId)) ?? '')).toBeLessThanOrEqual(until);
    await service.undo(cancellationId);
    await service.close();
  });

  it('ends at once by a second request for force', async () => {
    const { job, request, owners, service, cancellationId, end } = await held(600_000);
    const force = aRequest(job.jobId, { options: { ...request.options, force: true } });
    expect(await service.request(force)).toEqual({ result: 'joined', cancellationId });
    await service.drive.settled();
    expect(owners.asked).toContain('block-dispatch');
    await expect(service.undo(cancellationId)).rejects.toMatchObject({ code: 'undo-window-over' });
    await end();
    await service.close();
  });

  it.each(['dispatcher', 'runner-monitor'])(
    'is undone by a replica that takes over while the %s is away, once it is back',
    async (away) => {
      const { cancellationId, owners, service } = await held(600_000);
      owners.away.add(away);
      await service.undo(cancellationId);
      await service.close();
      const successor = await openService(database, owners);
      expect(await successor.state(cancellationId)).toMatchObject({ hold: { phase: 'undoing' } });
      owners.away.clear();
      await successor.drive.drive(cancellationId);
      expect(await successor.state(cancellationId)).toMatchObject({ status: 'undone' });
      await successor.close();
    },
  );

  it('waits for a runner that has not thawed: a new request is told to come again', async () => {
    const { job, cancellationId, owners, service } = await held(600_000);
    owners.holding = false;
    await service.undo(cancellationId);
    await service.drive.settled();
    await expect(service.request(aRequest(job.jobId))).rejects.toMatchObject({ code: 'cancellation-being-undone' });
    owners.holding = true;
    await service.drive.drive(cancellationId);
    const next = aRequest(job.jobId);
    expect(await service.request(next)).toMatchObject({ result: 'accepted', cancellationId: next.cancellationId });
    await service.close();
  });

  it('is not there for whoever did not ask for it', async () => {
    const { request, cancellationId, service, end } = await scene();
    await service.request(request);
    await expect(service.undo(cancellationId)).rejects.toMatchObject({ code: 'undo-not-offered' });
    await service.drive.settled();
    await end();
    await service.close();
  });
});

describe('a dry run', () => {
  const planOf = (answer: Awaited<ReturnType<Awaited<ReturnType<typeof scene>>['service']['plan']>>) => {
    if (answer.outcome !== 'planned') throw new Error(`the target has ended: ${answer.result}`);
    return answer.plan;
  };

  it('shows what would happen and stores nothing', async () => {
    const { job, request, cancellationId, owners, service } = await scene();
    owners.survivors = 3;
    const plan = planOf(await service.plan(request));
    expect(plan).toMatchObject({
      joins: null,
      tasks: [
        { key: 'wait', status: 'blocked', action: 'dequeued', neverStarted: true },
        { key: 'run', status: 'running', action: 'stop' },
      ],
      executions: [{ task: 'run', processes: 3, signal: 'SIGTERM', gracePeriodMs: 5_000, force: false }],
      runners: [job.execution.runnerId],
    });
    expect(owners.asked).not.toContain('block-dispatch');
    expect(await service.state(cancellationId)).toEqual({ status: 'unknown' });
    expect(await service.drives.dueAt(cancellationId)).toBeUndefined();
    await service.close();
  });

  it('does not know how many processes run when the runner does not say', async () => {
    const { request, owners, service } = await scene();
    owners.away.add('runner-monitor');
    expect(planOf(await service.plan(request)).executions).toMatchObject([{ processes: null }]);
    await service.close();
  });

  it('says which cancellation the request would join', async () => {
    const { job, request, cancellationId, service, end } = await scene();
    await service.request(request);
    await service.drive.settled();
    expect(planOf(await service.plan(aRequest(job.jobId)))).toMatchObject({ joins: cancellationId });
    await end();
    await service.close();
  });

  it('gives a token that is carried out while the plan is the same, and again for the same request', async () => {
    const { request, cancellationId, service, end } = await scene();
    const { planToken } = planOf(await service.plan(request));
    expect(await service.request(request, planToken)).toEqual({ result: 'accepted', cancellationId });
    await service.drive.settled();
    expect(await service.request(request, planToken)).toEqual({ result: 'accepted', cancellationId });
    await end();
    await service.close();
  });

  it('gives a token that is refused, naming what changed, once the plan is another', async () => {
    const { job, request, cancellationId, owners, service } = await scene();
    const { planToken } = planOf(await service.plan(request));
    owners.facts = { ...job.facts, executions: [] };
    const changes = [{ path: 'planToken', message: expect.stringContaining(job.execution.executionId) }];
    const refused = { code: 'plan-changed', more: { fields: expect.arrayContaining(changes) } };
    await expect(service.request(request, planToken)).rejects.toMatchObject(refused);
    await expect(service.plan(request, planToken)).rejects.toMatchObject(refused);
    expect(await service.state(cancellationId)).toEqual({ status: 'unknown' });
    await service.close();
  });

  it('gives a token for one way of stopping only', async () => {
    const { request, service } = await scene();
    const { planToken } = planOf(await service.plan(request));
    const forced = { ...request, options: { ...request.options, force: true } };
    await expect(service.request(forced, planToken)).rejects.toMatchObject({ code: 'plan-changed' });
    await service.close();
  });

  it('of a target that has ended says so; a plan agreed to before that has changed', async () => {
    const { job, request, cancellationId, owners, service } = await scene();
    const { planToken } = planOf(await service.plan(request));
    owners.facts = job.ended(cancellationId);
    const late = aRequest(job.jobId);
    expect(await service.plan(late)).toEqual({ outcome: 'ended', result: 'already-cancelled', cancellationId });
    await expect(service.request(late, planToken)).rejects.toMatchObject({ code: 'plan-changed' });
    await service.close();
  });
});

describe('asking again', () => {
  it('joins the cancellation under way, and a stronger request upgrades it', async () => {
    const { job, request, cancellationId, service, end } = await scene();
    await service.request(request);
    const force = aRequest(job.jobId, { options: { ...request.options, force: true } });
    expect(await service.request(force)).toEqual({ result: 'joined', cancellationId });
    expect(await service.state(cancellationId)).toMatchObject({ options: { force: true } });
    await service.drive.settled();
    await end();
    await service.close();
  });

  it('at the same moment gives one cancellation, whoever is first', async () => {
    const { job, request, service, end } = await scene();
    const answers = await Promise.all(
      [request, aRequest(job.jobId), aRequest(job.jobId)].map((each) => service.request(each)),
    );
    expect(new Set(answers.map(({ cancellationId }) => cancellationId)).size).toBe(1);
    expect(answers.filter(({ result }) => result === 'accepted')).toHaveLength(1);
    await service.drive.settled();
    await end();
    await service.close();
  });

  it('with the same id and body gets the same answer; with another body a conflict', async () => {
    const { request, cancellationId, service, end } = await scene();
    await service.request(request);
    expect(await service.request(request)).toEqual({ result: 'accepted', cancellationId });
    await expect(service.request({ ...request, fingerprint: 'sha256:two' })).rejects.toThrow(Rejection);
    await service.drive.settled();
    await end();
    expect(await service.request(request)).toEqual({ result: 'accepted', cancellationId });
    await service.close();
  });

  it('for a job that has ended says what had happened and stores nothing', async () => {
    const { job, cancellationId, owners, service } = await scene();
    owners.facts = job.ended(cancellationId);
    const late = aRequest(job.jobId);
    expect(await service.request(late)).toEqual({ result: 'already-cancelled', cancellationId });
    expect(await service.state(late.cancellationId)).toEqual({ status: 'unknown' });
    await service.close();
  });
});
