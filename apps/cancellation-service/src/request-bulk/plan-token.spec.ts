import { describe, expect, it } from '@jest/globals';
import type { BulkRequest, BulkSelection } from '@necrocode/domain';
import { newId } from '@necrocode/service-kit';
import { planChanges, planTokenOf, snapshotOf } from './plan-token.js';

const snapshotAt = '2026-01-01T00:00:00.000Z';
const request: BulkRequest = {
  cancellationId: newId('can'),
  target: { kind: 'queue', queue: 'gpu', mode: 'all' },
  options: { force: false, gracePeriodMs: null, signal: null, artifacts: null },
  reason: { code: 'user-request', text: '' },
  requestedBy: 'user:spec',
  fingerprint: 'sha256:0',
  requestedAt: snapshotAt,
};
const [a, b, c] = [newId('job'), newId('job'), newId('job')];
const selection = (digest: string, waiting: BulkSelection['waiting'], started: BulkSelection['started'] = []) => ({
  waiting,
  started,
  snapshotAt,
  digest,
});
const planned = selection('sha256:1', [a, b]);
const token = planTokenOf(request, planned);

describe('a plan token', () => {
  it('stands for the selection it was made from, whoever asks and why', () => {
    const other = { ...request, cancellationId: newId('can'), reason: { code: 'budget', text: 'x' } as const };
    expect(planChanges(token, other, planned, planned)).toBeNull();
    expect(snapshotOf(token)).toBe(snapshotAt);
  });

  it('says how many came and went since', () => {
    const now = selection('sha256:2', [b, c]);
    expect(planChanges(token, request, now, selection('sha256:3', [b]))).toBe(
      'planned were 2 jobs (2 waiting), now it is 2 (2 waiting): 1 submitted since, 1 of the planned gone',
    );
  });

  it('does not stand for a plan in which one has begun meanwhile', () =>
    expect(planChanges(token, request, selection('sha256:4', [a], [b]), selection('sha256:4', [a], [b]))).toContain(
      'now it is 2 (1 waiting)',
    ));

  it('does not stand for other options, nor another target', () => {
    const forced = { ...request, options: { ...request.options, force: true } };
    expect(planChanges(token, forced, planned, planned)).toContain('options');
    const other = { ...request, target: { kind: 'queue', queue: 'cpu', mode: 'all' } as const };
    expect(planChanges(token, other, planned, planned)).toContain('target');
  });

  it.each(['', 'abc', Buffer.from('{}').toString('base64url'), Buffer.from('[1').toString('base64url')])(
    'is none of ours: %p',
    (foreign) => {
      expect(planChanges(foreign, request, planned, planned)).toContain('not one of a dry run');
      expect(snapshotOf(foreign)).toBeNull();
    },
  );
});
