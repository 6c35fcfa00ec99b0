import { describe, expect, it } from '@jest/globals';
import type { RunnerId } from '../ids.js';
import { ending } from '../testing/executions.js';
import { stateAfter } from '../testing/given.js';
import {
  assignment,
  completed,
  executionId,
  jobId,
  now,
  retryScheduled,
  runnerId,
  running,
  submitted,
  task,
  taskId,
  unplaced,
} from '../testing/jobs.js';
import { jobDecider } from './decider.js';
import type { JobEvent } from './job-event.js';
import { placeOf } from './place-of.js';

const retried = (key: string) => task(key, { maxAttempts: 3 });

/** Whether the job leaves its runner when the first attempt of a task is fenced. */
const leavesWith = (key: string, ...events: JobEvent[]): boolean =>
  jobDecider
    .decide(
      {
        type: 'RecordEnding',
        taskId: taskId(key),
        executionId: executionId(`${key}1`),
        ending: ending('fenced'),
        random: 0.5,
        at: now,
      },
      stateAfter(jobDecider, events),
    )
    .some(({ type }) => type === 'JobUnplaced');

describe('a job whose runner is lost', () => {
  const two = submitted(retried('a'), retried('b'));

  it('may go on elsewhere when its only attempt there is given up', () =>
    expect(leavesWith('a', two, ...running('a'))).toBe(true));

  it('stays while another of its tasks may still be at work there', () =>
    expect(leavesWith('a', two, ...running('a'), ...running('b'))).toBe(false));

  it('leaves with the last of them', () =>
    expect(leavesWith('b', two, ...running('a'), ...running('b'), retryScheduled('a'))).toBe(true));

  it('stays with what another task has completed there', () =>
    expect(leavesWith('a', two, ...running('b'), completed('b'), ...running('a'))).toBe(false));

  it('does not leave when nothing of it is tried again', () =>
    expect(leavesWith('a', submitted(task('a')), ...running('a'))).toBe(false));
});

describe('the place of a job', () => {
  const another = 'run_2' as RunnerId;
  const assignedTo = (there: RunnerId): JobEvent => ({
    type: 'TaskAssigned',
    jobId,
    taskId: taskId('a'),
    assignment: { ...assignment('a2', 2), runnerId: there },
    at: now,
  });
  const placeAfter = (...events: JobEvent[]) => {
    const job = stateAfter(jobDecider, [submitted(retried('a')), ...events]);
    if (job.status === 'unknown') throw new Error('it was submitted');
    return { place: placeOf(job), runnerId: job.runnerId, left: job.leftRunnerIds };
  };
  const lost = [...running('a'), retryScheduled('a'), unplaced];

  it('is the runner of its first assignment', () =>
    expect(placeAfter(...running('a'), retryScheduled('a'), assignedTo(another)).place).toBe(runnerId));

  it('is anywhere once it has left that one, where its workspace still is', () =>
    expect(placeAfter(...lost)).toEqual({ place: null, runnerId, left: [runnerId] }));

  it('is the next one then, and the one it has left is remembered', () =>
    expect(placeAfter(...lost, assignedTo(another))).toEqual({ place: another, runnerId: another, left: [runnerId] }));

  it('may be the same one again, which then is not left', () =>
    expect(placeAfter(...lost, assignedTo(runnerId))).toEqual({ place: runnerId, runnerId, left: [] }));
});
