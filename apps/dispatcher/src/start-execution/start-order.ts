import type { StartRequest } from '@necrocode/contracts';
import { type Assignment, inputOf, type Job, type Task } from '@necrocode/domain';

/** An assignment that is committed and whose execution is to be started. */
export interface StartOrder {
  readonly job: Pick<Job, 'jobId' | 'tasks' | 'retryOf'>;
  readonly task: Pick<Task, 'spec'>;
  readonly assignment: Assignment;
  /** Of the assignment. */
  readonly traceparent: string | undefined;
}

/** What the runner is asked. Carries argv and env: never to be logged. */
export function startRequestOf({ job, task, assignment, traceparent }: StartOrder): StartRequest {
  const { taskId, key, command, handler, env, workingDirectory, timeoutMs, signal, signalTo, gracePeriodMs } =
    task.spec;
  return {
    execution: { ...assignment, jobId: job.jobId, taskId },
    taskKey: key,
    command: [...command],
    ...(handler === undefined ? {} : { handler: { name: handler.name, input: inputOf(handler, job.tasks) } }),
    env: { ...env },
    workingDirectory,
    ...(job.retryOf ? { restore: job.retryOf.restore.map(({ key: _, ...artifact }) => artifact) } : {}),
    timeoutMs,
    onTimeout: { cancellationId: null, signal, signalTo, gracePeriodMs, force: false },
    ...(traceparent === undefined ? {} : { traceparent }),
  };
}
