import {
  type Assignment,
  type Decider,
  type Job,
  type JobCommand,
  jobDecider,
  type JobEvent,
  type JobState,
  Rejection,
  type TaskId,
} from '@necrocode/domain';

/** A job, and of each task that a cancellation ended the execution it was ended in: the job itself forgets it then. */
export interface DispatchedJob {
  readonly job: JobState;
  readonly endedByCancellation: ReadonlyMap<TaskId, Assignment>;
}

export const dispatchedJobDecider: Decider<DispatchedJob, JobCommand, JobEvent> = {
  initial: { job: jobDecider.initial, endedByCancellation: new Map() },
  decide: (command, { job }) => jobDecider.decide(command, job),
  evolve: (state, event) => ({
    job: jobDecider.evolve(state.job, event),
    endedByCancellation: event.type === 'TaskCancelled' ? withLast(state, event.taskId) : state.endedByCancellation,
  }),
};

function withLast({ job, endedByCancellation }: DispatchedJob, taskId: TaskId): ReadonlyMap<TaskId, Assignment> {
  if (job.status === 'unknown') return endedByCancellation;
  const progress = job.tasks.find(({ spec }) => spec.taskId === taskId)?.progress;
  if (!progress || !('assignment' in progress)) return endedByCancellation;
  return new Map([...endedByCancellation, [taskId, progress.assignment]]);
}

/** @throws {Rejection} `job-not-found` */
export function known({ job }: DispatchedJob): Job {
  if (job.status === 'unknown') throw new Rejection('job-not-found');
  return job;
}
