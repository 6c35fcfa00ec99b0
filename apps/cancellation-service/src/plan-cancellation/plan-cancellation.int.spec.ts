import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@necrocode/testing';
import { aRequest } from '../spec/a-job.js';
import { openStage } from '../spec/open-stage.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const scene = (patienceMs?: number) => openStage(database, patienceMs);

describe('a dry run', () => {
  const planOf = (answer: Awaited<ReturnType<Awaited<ReturnType<typeof openStage>>['service']['plan']>>) => {
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
