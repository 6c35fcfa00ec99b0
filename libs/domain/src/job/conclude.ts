import type { CancellationId, Timestamp } from '../ids.js';
import { evolveJob } from './evolve.js';
import { releaseFinalizers, workOf } from './finalizers.js';
import { isTerminal } from './is-terminal.js';
import type { Job, JobState, Task, TaskStatus } from './job.js';
import type { JobEvent } from './job-event.js';

/** What follows from where the tasks stand: who may start, who never will, and whether the job is over, finalizers last. */
export function conclude(job: Job, at: Timestamp): readonly JobEvent[] {
  if (job.endedAt !== null) return [];
  // A job-wide cancellation has cancelled every task that had not started: nobody is left to queue or skip.
  const events = job.status === 'cancelling' ? [] : fatesOfBlocked(job, at);
  const decided = events.reduce<JobState>(evolveJob, job);
  if (decided.status === 'unknown' || awaitsAnyCancellation(decided)) return events;
  const finals = releaseFinalizers(decided, at);
  const after = finals.reduce<JobState>(evolveJob, decided);
  return after.status === 'unknown' ? events : [...events, ...finals, ...end(after, at)];
}

/** Every blocked task is looked at once, after the tasks it depends on: linear in tasks and edges. */
function fatesOfBlocked(job: Job, at: Timestamp): readonly JobEvent[] {
  const byKey = new Map(job.tasks.map((task) => [task.spec.key, task]));
  const fates = new Map<Task, Fate>();
  const events: JobEvent[] = [];

  const standingOf = (task: Task): Fate | TaskStatus => {
    if (task.progress.status !== 'blocked') return task.progress.status;
    const known = fates.get(task);
    if (known !== undefined) return known;
    fates.set(task, 'blocked'); // Cycles are refused at submission; one that slipped through stays blocked.
    const fate = decide(task);
    fates.set(task, fate);
    return fate;
  };

  const decide = (task: Task): Fate => {
    const { taskId } = task.spec;
    let ready = true;
    for (const key of task.spec.dependsOn) {
      const dependency = byKey.get(key);
      if (!dependency) continue;
      const standing = standingOf(dependency);
      if (standing === 'completed') continue;
      const over = standing === 'failed' || standing === 'cancelled' || standing === 'skipped';
      if (over && awaitsItsCancellation(dependency, job)) return 'blocked';
      if (over && !dependency.spec.optional) {
        events.push({ type: 'TaskSkipped', taskId, because: dependency.spec.taskId, at });
        return 'skipped';
      }
      ready &&= over;
    }
    if (!ready) return 'blocked';
    events.push({ type: 'TaskQueued', taskId, at });
    return 'queued';
  };

  workOf(job).forEach(standingOf);
  return events;
}

type Fate = 'blocked' | 'queued' | 'skipped';

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

/** Once the whole job is being cancelled nothing follows from one task any more, so a cancellation still to be heard of changes nothing. */
function awaitsAnyCancellation(job: Job): boolean {
  return (
    !job.cancellations.some(({ scope }) => scope === 'job') &&
    job.tasks.some((task) => awaitsItsCancellation(task, job))
  );
}

/** The outcome is that of the work; a finalizer cannot change it. */
function end(job: Job, at: Timestamp): readonly JobEvent[] {
  if (!job.tasks.every(isTerminal)) return [];
  const { jobId } = job;
  const wide = job.cancellations.find(({ scope }) => scope === 'job');
  if (wide) return [cancelled(job, wide.cancellationId, at)];
  const work = workOf(job);
  for (const { progress, spec } of work) {
    if (progress.status === 'failed' && !spec.optional)
      return [{ type: 'JobFailed', jobId, error: progress.error, at }];
  }
  for (const { progress, spec } of work) {
    if (progress.status === 'cancelled' && !spec.optional) return [cancelled(job, progress.cancellationId, at)];
  }
  return [{ type: 'JobCompleted', jobId, at }];
}

function cancelled(job: Job, cancellationId: CancellationId, at: Timestamp): JobEvent {
  const neverStarted =
    job.startedAt === null &&
    workOf(job).every(({ progress }) => progress.status !== 'cancelled' || progress.neverStarted);
  return { type: 'JobCancelled', jobId: job.jobId, cancellationId, neverStarted, at };
}
