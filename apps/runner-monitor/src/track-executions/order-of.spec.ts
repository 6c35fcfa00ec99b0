import { describe, expect, it } from '@jest/globals';
import { streamIdOf } from '@necrocode/contracts';
import type { PositionedEvent } from '@necrocode/event-store';
import { newId } from '@necrocode/service-kit';
import { orderOf } from './track-executions.js';

const [jobId, executionId] = [newId('job'), newId('exe')];

const stored = (type: string, streamId: string, data: unknown): PositionedEvent => ({
  id: 'one',
  type,
  schemaVersion: 1,
  data,
  metadata: { actor: 'service:spec', correlationId: jobId },
  streamId,
  streamVersion: 1,
  recordedAt: '2026-01-01T00:00:00.000Z',
  hash: 'sha256:0',
  previousHash: null,
  position: 1n,
});

describe('the events of one execution', () => {
  it('are one order, whichever stream tells of them', () => {
    const job = streamIdOf('job', jobId);
    const execution = streamIdOf('execution', executionId);
    const orders = [
      stored('TaskAssigned', job, { assignment: { executionId } }),
      stored('ExecutionStarted', execution, {}),
      stored('ExecutionEnded', execution, {}),
      stored('TaskUnassigned', job, { executionId }),
    ].map(orderOf);
    expect(new Set(orders)).toEqual(new Set([execution]));
  });

  it('are not behind those of another execution of the job', () => {
    const other = streamIdOf('execution', newId('exe'));
    expect(orderOf(stored('ExecutionEnded', other, {}))).not.toBe(
      orderOf(stored('ExecutionEnded', streamIdOf('execution', executionId), {})),
    );
  });
});
