import { describe, expect, it } from '@jest/globals';
import { Digest } from './digest.js';
import { noticeOf } from './notice-of.js';

const recordedAt = '2026-11-22T10:00:00.000Z';
const happened = (type: string, data: unknown, streamId = 'cancellation-can_1') => ({
  type,
  data,
  streamId,
  recordedAt,
});
const certificate = (outcome: string) => ({
  certificate: { outcome, left: [{ step: 'terminate', code: 'runner-unreachable', message: 'secret?' }] },
});

describe('a failure to be told', () => {
  it.each([
    ['CancellationLeftUnconfirmed', certificate('unconfirmed'), 'unconfirmed'],
    ['CancellationLeftPartial', certificate('partial'), 'partial'],
    ['BulkConcluded', { certificate: { outcome: 'partial' } }, 'partial'],
    ['RunnerQuarantined', { executionId: 'exe_1', survivors: 2 }, 'runner-quarantined'],
    ['CleanupFailed', { attempt: 3, error: { code: 'cleanup-failed' } }, 'cleanup-failing'],
  ])('is %s', (type, data, kind) => expect(noticeOf(happened(type, data))).toMatchObject({ kind, at: recordedAt }));

  it.each([
    ['CancellationCompleted', certificate('completed')],
    ['BulkConcluded', { certificate: { outcome: 'completed' } }],
    ['CleanupFailed', { attempt: 1, error: { code: 'cleanup-failed' } }],
    ['CleanupFailed', { attempt: 4, error: { code: 'cleanup-failed' } }],
    ['TaskFailed', { error: { code: 'exit' } }],
  ])('is not %s with %j', (type, data) => expect(noticeOf(happened(type, data))).toBeNull());

  it('names what is left by its codes, and repeats no message', () =>
    expect(noticeOf(happened('CancellationLeftPartial', certificate('partial')))?.what).toBe(
      'cancellation-can_1: terminate (runner-unreachable)',
    ));
});

describe('a digest', () => {
  it('says how many of each, and names the first twenty', () => {
    const digest = new Digest();
    expect(digest.isEmpty).toBe(true);
    for (let number = 1; number <= 500; number += 1) {
      digest.add({ kind: 'unconfirmed', what: `cancellation-can_${number}`, at: recordedAt });
    }
    digest.add({ kind: 'runner-quarantined', what: 'runner-run_1', at: recordedAt });
    const { subject, text } = digest.write();
    expect(subject).toBe('[Necrocode] 500 cancellations unconfirmed, 1 runner quarantined');
    expect(text).toContain('cancellation-can_20\n  and 480 more');
    expect(text).not.toContain('cancellation-can_21');
    expect(digest.isEmpty).toBe(false);
  });
});
