import type { Action } from '@necrocode/contracts';
import {
  type Bulk,
  type Cancellation,
  type Hold,
  isTerminal,
  type Job,
  type RunnerState,
  type Task,
  type Timestamp,
} from '@necrocode/domain';

/** What can be done with a job: the dispatcher refuses, or finds nothing to do, by the same facts. */
export function jobActions(job: Job): Action[] {
  return [
    job.endedAt === null ? can('cancel') : cannot('cancel', `the job is ${job.status} already`),
    retryAction(job),
  ];
}

function retryAction({ endedAt, status, retriedBy }: Job): Action {
  if (endedAt === null) return cannot('retry', `the job is ${status}`);
  if (retriedBy !== null) return cannot('retry', `it was retried already, by ${retriedBy}`);
  return status === 'completed' ? cannot('retry', 'the job has completed') : can('retry');
}

export function taskActions(task: Task): Action[] {
  return [isTerminal(task) ? cannot('cancel', `the task is ${task.progress.status} already`) : can('cancel')];
}

export function cancellationActions({ certificate, hold }: Cancellation, now: Timestamp): Action[] {
  return [certificateAction(certificate), undoAction(hold, now)];
}

function certificateAction(certificate: object | null): Action {
  return certificate === null ? cannot('fetch-certificate', 'nothing is proven yet') : can('fetch-certificate');
}

function undoAction(hold: Hold | null, now: Timestamp): Action {
  if (hold === null) return cannot('undo', 'it was asked for without an undo window');
  if (hold.phase === 'undoing' || hold.phase === 'undone') return cannot('undo', `it is ${hold.phase} already`);
  return hold.phase === 'closed' || now >= hold.until ? cannot('undo', 'the undo window is over') : can('undo');
}

export function bulkActions({ chunks, abortedBy, certificate }: Bulk): Action[] {
  const unreached = chunks.some(({ status }) => status === 'waiting');
  const abort = abortedBy === null && unreached ? can('abort') : cannot('abort', 'every target is reached already');
  return [abortedBy === null ? abort : cannot('abort', 'it was aborted already'), certificateAction(certificate)];
}

export function runnerActions({ standing }: Exclude<RunnerState, { status: 'unknown' }>): Action[] {
  return [
    standing === 'ready' ? can('drain') : cannot('drain', `the runner is ${standing} already`),
    standing === 'quarantined' ? can('trust') : cannot('trust', 'the runner is not quarantined'),
  ];
}

function can(action: Action['action']): Action {
  return { action, possible: true, because: null };
}

function cannot(action: Action['action'], because: string): Action {
  return { action, possible: false, because };
}
