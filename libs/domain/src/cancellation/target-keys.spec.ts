import { describe, expect, it } from '@jest/globals';
import { CASCADES, type Cascade } from '../job/job.js';
import { jobId, taskId } from '../testing/jobs.js';
import type { CancellationTarget } from './cancellation.js';
import { joinableKeys, targetKey } from './target-keys.js';

const job: CancellationTarget = { kind: 'job', jobId };
const task = (cascade: Cascade, key = 'a'): CancellationTarget => ({
  kind: 'task',
  jobId,
  taskId: taskId(key),
  cascade,
});
const joins = (asked: CancellationTarget, open: CancellationTarget): boolean =>
  joinableKeys(asked).includes(targetKey(open));

describe('a request joins an open cancellation', () => {
  it.each(CASCADES)('of the same target, cascade %s', (cascade) => {
    expect(joinableKeys(task(cascade))[0]).toBe(targetKey(task(cascade)));
    expect(joinableKeys(job)).toEqual([targetKey(job)]);
  });

  it.each(CASCADES)('of the whole job, cascade %s', (cascade) => expect(joins(task(cascade), job)).toBe(true));

  it.each([
    ['none', 'dependents'],
    ['none', 'dependents-and-unneeded-inputs'],
    ['dependents', 'dependents-and-unneeded-inputs'],
  ] as const)('where %s was asked for and %s is under way, not the other way round', (narrow, wide) => {
    expect(joins(task(narrow), task(wide))).toBe(true);
    expect(joins(task(wide), task(narrow))).toBe(false);
  });

  it('never of another task, nor a whole job that of one task', () => {
    expect(joins(task('none', 'a'), task('dependents', 'b'))).toBe(false);
    expect(joins(job, task('dependents-and-unneeded-inputs'))).toBe(false);
  });
});
