import { describe, expect, it } from '@jest/globals';
import { alreadyEnded, endedBy, liveTargets, Rejection } from '@necrocode/domain';
import { newId } from '@necrocode/service-kit';
import { aJob, aRequest } from '../spec/a-job.js';

const job = aJob();
const [running, queued] = job.taskIds;
if (!running || !queued) throw new Error('a job has two tasks');
const taskTarget = (taskId: typeof running) => ({
  kind: 'task' as const,
  jobId: job.jobId,
  taskId,
  cascade: 'dependents' as const,
});

describe('whether there is anything to cancel', () => {
  it('there is while the job is not over', () => {
    expect(alreadyEnded({ kind: 'job', jobId: job.jobId }, job.facts)).toBeNull();
  });

  it.each([
    ['completed', 'already-completed'],
    ['failed', 'already-failed'],
    ['cancelled', 'already-cancelled'],
  ] as const)('a %s job answers %s', (status, answer) => {
    expect(alreadyEnded({ kind: 'job', jobId: job.jobId }, { ...job.facts, status })).toBe(answer);
  });

  it('a task is judged by itself, not by its job', () => {
    const facts = {
      ...job.facts,
      tasks: job.facts.tasks.map((task) => (task.taskId === queued ? { ...task, status: 'skipped' as const } : task)),
    };
    expect(alreadyEnded(taskTarget(queued), facts)).toBe('already-skipped');
    expect(alreadyEnded(taskTarget(running), facts)).toBeNull();
  });

  it('refuses a task that the job does not have', () => {
    expect(() => alreadyEnded(taskTarget(newId('task')), job.facts)).toThrow(Rejection);
  });

  it('names the cancellation that ended it', () => {
    const cancellationId = newId('can');
    expect(endedBy({ kind: 'job', jobId: job.jobId }, job.ended(cancellationId))).toBe(cancellationId);
    expect(endedBy(taskTarget(queued), job.facts)).toBeNull();
  });
});

describe('what can be signalled at once', () => {
  it('is every execution that runs, with the request over the task’s own wishes', () => {
    const request = aRequest(job.jobId, { options: { force: true, gracePeriodMs: 7, signal: null, artifacts: null } });
    expect(liveTargets(request, job.facts)).toEqual([
      {
        execution: job.execution,
        stop: {
          cancellationId: request.cancellationId,
          signal: 'SIGTERM',
          signalTo: 'tree',
          gracePeriodMs: 7,
          force: true,
        },
      },
    ]);
  });

  it('is nothing for a task that does not run, and nothing that has ended', () => {
    expect(liveTargets(aRequest(job.jobId, { target: taskTarget(queued) }), job.facts)).toEqual([]);
    expect(liveTargets(aRequest(job.jobId), job.ended(newId('can')))).toEqual([]);
  });
});
