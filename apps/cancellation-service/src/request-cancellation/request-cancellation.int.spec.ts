import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Rejection } from '@necrocode/domain';
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
