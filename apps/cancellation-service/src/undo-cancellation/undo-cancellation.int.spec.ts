import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@necrocode/testing';
import { aRequest } from '../spec/a-job.js';
import { openService } from '../spec/open-service.js';
import { openStage } from '../spec/open-stage.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const scene = (patienceMs?: number) => openStage(database, patienceMs);

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
