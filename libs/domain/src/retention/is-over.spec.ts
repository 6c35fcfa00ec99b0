import { describe, expect, it } from '@jest/globals';
import { bulkDecider } from '../bulk-cancellation/decider.js';
import { ATTEMPTS_BEFORE_INTERIM_OUTCOME } from '../cancellation/fail-step.js';
import { cleanupDecider } from '../cleanup/decider.js';
import type { DeathEvidence, ExecutionState } from '../execution/execution.js';
import { executionDecider } from '../execution/decider.js';
import { jobDecider } from '../job/decider.js';
import { dequeued, requestBulk } from '../testing/bulks.js';
import {
  recordFailure,
  report,
  stateOf,
  times,
  untilCompleted,
  untilSideBySide,
  untilVerify,
} from '../testing/cancellations.js';
import { ending, evidence, execution, unproven } from '../testing/executions.js';
import { eventsAfter, stateAfter } from '../testing/given.js';
import {
  at,
  blocked,
  cancellationId,
  jobCompleted,
  jobId,
  now,
  runnerId,
  running,
  submitted,
  task,
} from '../testing/jobs.js';
import { isOver, namedIn } from './is-over.js';

const ended = (seen: DeathEvidence): ExecutionState =>
  stateAfter(executionDecider, [
    { type: 'ExecutionEnded', execution: execution('a'), ending: ending('exited', { evidence: seen }), at: now },
  ]);

describe('what may be archived', () => {
  it('is a job that has ended', () => {
    const events = [submitted(task('a')), ...running('a')];
    expect(isOver({ kind: 'job', state: stateAfter(jobDecider, events) })).toBe(false);
    expect(isOver({ kind: 'job', state: stateAfter(jobDecider, [...events, jobCompleted()]) })).toBe(true);
    expect(isOver({ kind: 'job', state: jobDecider.initial })).toBe(false);
  });

  it('is an execution that was seen gone, and none that nobody saw', () => {
    expect(isOver({ kind: 'execution', state: ended(evidence()) })).toBe(true);
    expect(isOver({ kind: 'execution', state: ended(unproven) })).toBe(false);
  });

  it('is a cancellation that is proven, and none that is still driven', () => {
    expect(isOver({ kind: 'cancellation', state: stateOf(...untilCompleted) })).toBe(true);
    expect(isOver({ kind: 'cancellation', state: stateOf(...untilVerify) })).toBe(false);
    const left = stateOf(...untilSideBySide, ...times(ATTEMPTS_BEFORE_INTERIM_OUTCOME, recordFailure('clean')));
    expect(left.status).toBe('partial');
    expect(isOver({ kind: 'cancellation', state: left })).toBe(false);
  });

  it('is a bulk whose targets are all settled', () => {
    const requested = eventsAfter(bulkDecider, requestBulk([jobId]));
    const concluded = eventsAfter(bulkDecider, requestBulk([jobId]), dequeued(0));
    expect(isOver({ kind: 'bulk', state: stateAfter(bulkDecider, requested) })).toBe(false);
    expect(isOver({ kind: 'bulk', state: stateAfter(bulkDecider, concluded) })).toBe(true);
  });

  it('is a cleanup that is done', () => {
    const order = { kind: 'job', jobId, runnerId, artifacts: [] } as const;
    const open = { type: 'RequestCleanup', order, at: at(1) } as const;
    const done = { type: 'RecordCleanupDone', report, at: at(2) } as const;
    const after = (...commands: (typeof open | typeof done)[]): boolean =>
      isOver({ kind: 'cleanup', state: stateAfter(cleanupDecider, eventsAfter(cleanupDecider, ...commands)) });
    expect([after(open), after(open, done)]).toEqual([false, true]);
  });
});

it('the story of a job names every execution it ever had and every cancellation that blocked it', () => {
  const job = stateAfter(jobDecider, [submitted(task('a')), ...running('a'), blocked('job', ['a'])]);
  expect(namedIn(job)).toEqual(['exe_a1', cancellationId]);
  expect(namedIn(jobDecider.initial)).toEqual([]);
});
