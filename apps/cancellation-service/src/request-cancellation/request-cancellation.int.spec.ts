import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Cascade, Rejection } from '@necrocode/domain';
import { createTestDatabase, type TestDatabase } from '@necrocode/testing';
import { aRequest } from '../spec/a-job.js';
import { openStage } from '../spec/open-stage.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const scene = (patienceMs?: number) => openStage(database, patienceMs);

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

  describe('for a task with another cascade', () => {
    const taskScene = async () => {
      const stage = await scene();
      const [taskId] = stage.job.taskIds;
      if (!taskId) throw new Error('a job has tasks');
      const asked = (cascade: Cascade) =>
        aRequest(stage.job.jobId, { target: { kind: 'task', jobId: stage.job.jobId, taskId, cascade } });
      return { ...stage, asked };
    };

    it('begins a cancellation of its own where it asks for more than the one under way', async () => {
      const { service, asked, end } = await taskScene();
      const [narrow, wide, widest] = [asked('none'), asked('dependents'), asked('dependents-and-unneeded-inputs')];
      for (const request of [narrow, wide, widest])
        expect(await service.request(request)).toEqual({ result: 'accepted', cancellationId: request.cancellationId });
      await service.drive.settled();
      await end();
      await service.close();
    });

    it('joins the one under way where that covers it, its own kind first', async () => {
      const { service, asked, end } = await taskScene();
      const widest = asked('dependents-and-unneeded-inputs');
      await service.request(widest);
      expect(await service.plan(asked('none'))).toMatchObject({ plan: { joins: widest.cancellationId } });
      const joined = { result: 'joined', cancellationId: widest.cancellationId };
      expect(await service.request(asked('none'))).toEqual(joined);
      expect(await service.request(asked('dependents'))).toEqual(joined);
      await service.drive.settled();
      await end();
      await service.close();
    });

    it('is begun when the task was cancelled already and more is left', async () => {
      const { job, cancellationId, owners, service, asked } = await taskScene();
      owners.facts = job.ended(cancellationId);
      expect(await service.request(asked('dependents'))).toMatchObject({ result: 'already-cancelled' });
      owners.anyLeft = true;
      expect(await service.request(asked('dependents'))).toMatchObject({ result: 'accepted' });
      expect(await service.plan(asked('dependents'))).toMatchObject({ outcome: 'planned' });
      await service.close();
    });
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
