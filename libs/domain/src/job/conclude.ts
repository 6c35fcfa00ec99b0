import type { Timestamp } from '../ids.js';
import type { Job, JobEvent, Task, TaskStatus } from './job.js';

const TERMINAL: ReadonlySet<TaskStatus> = new Set(['completed', 'failed', 'cancelled', 'skipped']);

export function isTerminal(task: Task): boolean {
  return TERMINAL.has(task.progress.status);
}

/** What follows from where the tasks stand: who may start, who never will, and whether the job is over. */
export function conclude(job: Job, at: Timestamp): readonly JobEvent[] {
  if (job.endedAt !== null) return [];
  if (job.status === 'cancelling') return end(job, new Map(), at);
  const fates = new Map<string, Fate>();
  // Dependencies may stand anywhere in the list: repeat until a pass changes nothing.
  for (let changed = true; changed;) {
    changed = false;
    for (const task of job.tasks) {
      const fate = fateOf(task, job, fates);
      if (fate && !fates.has(task.spec.key)) {
        fates.set(task.spec.key, fate);
        changed = true;
      }
    }
  }
  const events = [...fates.values()].map(({ event }) => event(at));
  return [...events, ...end(job, fates, at)];
}

interface Fate {
  readonly status: 'queued' | 'skipped';
  readonly event: (at: Timestamp) => JobEvent;
}

function fateOf(task: Task, job: Job, fates: ReadonlyMap<string, Fate>): Fate | null {
  if (task.progress.status !== 'blocked') return null;
  const { taskId } = task.spec;
  let ready = true;
  for (const key of task.spec.dependsOn) {
    const dependency = job.tasks.find((candidate) => candidate.spec.key === key);
    if (!dependency) continue;
    const status = fates.get(key)?.status ?? dependency.progress.status;
    if (status === 'completed') continue;
    const over = status === 'failed' || status === 'cancelled' || status === 'skipped';
    if (over && awaitsItsCancellation(dependency, job)) return null;
    if (over && !dependency.spec.optional) {
      const because = dependency.spec.taskId;
      return { status: 'skipped', event: (at) => ({ type: 'TaskSkipped', taskId, because, at }) };
    }
    if (!over) ready = false;
  }
  return ready ? { status: 'queued', event: (at) => ({ type: 'TaskQueued', taskId, at }) } : null;
}

/**
 * A signal may overtake the block of its own cancellation: the execution is stopped before the job has heard why.
 * Until then nothing may follow from that task's end.
 */
function awaitsItsCancellation({ progress }: Task, job: Job): boolean {
  return (
    progress.status === 'cancelled' &&
    !job.cancellations.some(({ cancellationId }) => cancellationId === progress.cancellationId)
  );
}

function end(job: Job, fates: ReadonlyMap<string, Fate>, at: Timestamp): readonly JobEvent[] {
  const over = job.tasks.every((task) => isTerminal(task) || fates.get(task.spec.key)?.status === 'skipped');
  if (!over || job.tasks.some((task) => awaitsItsCancellation(task, job))) return [];
  const { jobId } = job;
  const wide = job.cancellations.find(({ scope }) => scope === 'job');
  if (wide) return [cancelled(job, wide.cancellationId, at)];
  for (const { progress, spec } of job.tasks) {
    if (progress.status === 'failed' && !spec.optional)
      return [{ type: 'JobFailed', jobId, error: progress.error, at }];
  }
  for (const { progress, spec } of job.tasks) {
    if (progress.status === 'cancelled' && !spec.optional) return [cancelled(job, progress.cancellationId, at)];
  }
  return [{ type: 'JobCompleted', jobId, at }];
}

function cancelled(
  job: Job,
  cancellationId: Extract<JobEvent, { type: 'JobCancelled' }>['cancellationId'],
  at: Timestamp,
): JobEvent {
  return { type: 'JobCancelled', jobId: job.jobId, cancellationId, neverStarted: job.startedAt === null, at };
}
