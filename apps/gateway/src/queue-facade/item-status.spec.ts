import { describe, expect, it } from '@jest/globals';
import { jobStatus } from '@necrocode/contracts';
import { countItems, itemStatus, jobStatuses } from './item-status.js';

describe('the status of an item', () => {
  it.each(jobStatus.options)('of a job that is %s stands for it', (status) =>
    expect(jobStatuses(itemStatus(status))).toContain(status),
  );
  it('is canceled only when nothing of it runs any more', () => {
    expect(itemStatus('cancelling')).toBe('in_progress');
    expect(itemStatus('cancelled')).toBe('canceled');
  });
});

describe('counts', () => {
  it('add up what has one word', () =>
    expect(
      countItems([
        { status: 'running', count: 2 },
        { status: 'retrying', count: 1 },
        { status: 'cancelled', count: 4 },
      ]),
    ).toEqual({ pending: 0, in_progress: 3, waiting: 0, completed: 0, failed: 0, canceled: 4, total: 7 }));
});
