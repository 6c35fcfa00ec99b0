import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type CancellationPage, cancellationCommands } from '@necrocode/contracts';
import { cancellationDecider, type CancellationCommand, Rejection } from '@necrocode/domain';
import { newId } from '@necrocode/service-kit';
import { eventually } from '@necrocode/testing';
import { act, startTestGateway, type TestGateway } from '../spec/test-gateway.js';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
}, 60_000);
afterAll(() => gateway.close());

describe('POST /cancellations/{cancellationId}/undo', () => {
  it('asks the cancellation service and answers how it stands then; the list has it as undone', async () => {
    const [cancellationId, jobId] = [newId('can'), newId('job')];
    const at = new Date().toISOString();
    const input = { at, proof: { acknowledgedAt: at, traceId: null, streamHash: '' } };
    const record = (command: CancellationCommand) =>
      act(gateway, cancellationDecider, 'cancellation', cancellationId, jobId, command);
    await record({
      type: 'RequestCancellation',
      cancellationId,
      target: { kind: 'job', jobId },
      options: { force: false, gracePeriodMs: null, signal: null, artifacts: null },
      reason: { code: 'user-request', text: '' },
      requestedBy: 'user:local',
      fingerprint: 'sha256:one',
      requestedAt: at,
      undoWindowMs: 60_000,
      at,
    });
    gateway.answer(cancellationCommands.undoCancellation, async (body) => {
      if (body.cancellationId !== cancellationId) throw new Rejection('undo-not-offered');
      await record({ type: 'UndoCancellation', requestedBy: 'user:local', ...input });
      await record({ type: 'RecordTasksReleased', ...input });
      return body;
    });
    const response = await gateway.call('POST', `/cancellations/${cancellationId}/undo`);
    expect([response.status, await response.json()]).toMatchObject([
      202,
      { status: 'undone', undo: { phase: 'undone' } },
    ]);
    await eventually(async () => {
      const page = (await (await gateway.call('GET', '/cancellations?status=undone')).json()) as CancellationPage;
      expect(page.items).toMatchObject([{ cancellationId, word: 'undone' }]);
    });
    const refused = await gateway.call('POST', `/cancellations/${newId('can')}/undo`);
    expect([refused.status, await refused.json()]).toMatchObject([409, { code: 'undo-not-offered', retryable: false }]);
  });
});
