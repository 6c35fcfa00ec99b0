import {
  type DispatchedJob,
  dispatchedJobDecider,
  isParked,
  isTerminal,
  type JobEvent,
  type JobId,
  type TaskId,
} from '@necrocode/domain';
import { Violation } from './violation.js';

/** Folds jobs by the product's own rules and looks at every change: what is over stays so, what is blocked is not assigned. */
export class WatchJobs {
  readonly jobs = new Map<JobId, DispatchedJob>();
  readonly tokens = new Map<string, number>();
  readonly #blocked = new Set<TaskId>();

  see(jobId: JobId, event: JobEvent): void {
    const before = this.jobs.get(jobId) ?? dispatchedJobDecider.initial;
    if (event.type === 'TaskAssigned') this.#mayBeAssigned(event, before);
    if (event.type === 'DispatchBlocked') for (const taskId of event.taskIds) this.#blocked.add(taskId);
    const after = dispatchedJobDecider.evolve(before, event);
    this.jobs.set(jobId, after);
    staysOver(before, after, event.type);
  }

  #mayBeAssigned({ taskId, assignment }: Extract<JobEvent, { type: 'TaskAssigned' }>, { job }: DispatchedJob): void {
    const { executionId, fencingToken } = assignment;
    if (this.#blocked.has(taskId)) throw new Violation('2', `${taskId} is assigned after its dispatch was blocked`);
    if (job.status === 'unknown' || job.endedAt !== null)
      throw new Violation('2', `${taskId} is assigned after its job was over`);
    if (isParked(job, taskId)) throw new Violation('2', `${taskId} is assigned while an undo window holds it`);
    this.tokens.set(executionId, fencingToken);
  }
}

function staysOver({ job: before }: DispatchedJob, { job: after }: DispatchedJob, type: string): void {
  if (before.status === 'unknown' || after.status === 'unknown') return;
  if (before.endedAt !== null && before.status !== after.status)
    throw new Violation('4', `${after.jobId} was ${before.status} and is ${after.status} after ${type}`);
  before.tasks.forEach((task, index) => {
    const now = after.tasks[index];
    if (now && isTerminal(task) && now.progress.status !== task.progress.status)
      throw new Violation(
        '4',
        `${task.spec.taskId} was ${task.progress.status} and is ${now.progress.status} after ${type}`,
      );
  });
}
