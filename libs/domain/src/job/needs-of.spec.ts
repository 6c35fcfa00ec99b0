import { describe, expect, it } from '@jest/globals';
import { stateAfter } from '../testing/given.js';
import { cancelled, queued, submitted, task } from '../testing/jobs.js';
import { jobDecider } from './decider.js';
import type { JobEvent } from './job-event.js';
import { needsOf } from './needs-of.js';

const needs = (...events: JobEvent[]): unknown => {
  const job = stateAfter(jobDecider, events);
  return job.status === 'unknown' ? null : needsOf(job.tasks);
};

describe('what a job needs where it runs', () => {
  const job = submitted(
    task('a', { slotPool: 'gpu' }),
    task('b', { slotPool: 'gpu', handler: { name: 'resize', input: null } }),
    task('tidy', { always: 'even-if-queued', slotPool: 'repos' }),
  );

  it('is all that any of its tasks needs, each once', () =>
    expect(needs(job, queued('a'), queued('b'))).toEqual({ handlers: ['resize'], slotPools: ['gpu', 'repos'] }));

  it('is nothing that only what is over needed: a finalizer runs wherever it can', () =>
    expect(needs(job, queued('a'), queued('b'), cancelled('a'), cancelled('b'))).toEqual({
      handlers: [],
      slotPools: ['repos'],
    }));
});
