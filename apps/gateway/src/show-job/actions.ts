import type { Action } from '@necrocode/contracts';
import { isTerminal, type Job, type RunnerState, type Task } from '@necrocode/domain';

/** What can be done with a job: the dispatcher refuses, or finds nothing to do, by the same facts. */
export function jobActions(job: Job): Action[] {
  return [job.endedAt === null ? can('cancel') : cannot('cancel', `the job is ${job.status} already`)];
}

export function taskActions(task: Task): Action[] {
  return [isTerminal(task) ? cannot('cancel', `the task is ${task.progress.status} already`) : can('cancel')];
}

export function cancellationActions(certified: boolean): Action[] {
  return [certified ? can('fetch-certificate') : cannot('fetch-certificate', 'nothing is proven yet')];
}

export function runnerActions({ standing }: Exclude<RunnerState, { status: 'unknown' }>): Action[] {
  return [standing === 'ready' ? can('drain') : cannot('drain', `the runner is ${standing} already`)];
}

function can(action: Action['action']): Action {
  return { action, possible: true, because: null };
}

function cannot(action: Action['action'], because: string): Action {
  return { action, possible: false, because };
}
