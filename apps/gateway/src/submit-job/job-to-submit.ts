import type { SubmitJobBody } from '@necrocode/contracts';
import type { Deadline, JobId, JobSpec, SubmittedTask, TaskId } from '@necrocode/domain';
import { idOf, newId } from '@necrocode/service-kit';
import { uuidOfKey } from '../http/idempotency-key.js';

/** A finalizer that does not say how long it may run. */
const FINALIZER_TIMEOUT_MS = 60_000;

export interface JobToSubmit {
  readonly jobId: JobId;
  readonly spec: Omit<JobSpec, 'tasks'>;
  readonly tasks: readonly SubmittedTask[];
}

/** Every id is drawn here. With an idempotency key they follow from it, so a repetition is the same command to the letter. */
export function jobToSubmit(
  body: SubmitJobBody,
  owner: string,
  key: string | undefined,
  deadline: Deadline | undefined,
): JobToSubmit {
  const { tasks, timeouts, ...spec } = body;
  const limits = {
    ...(timeouts === undefined
      ? {}
      : { timeouts: { queueMs: timeouts.queueMs ?? null, runMs: timeouts.runMs ?? null } }),
    ...(deadline === undefined ? {} : { deadline }),
  };
  return {
    jobId: key === undefined ? newId('job') : idOf('job', uuidOfKey(owner, 'job', key)),
    spec: { ...spec, ...limits, owner },
    tasks: tasks.map((task) => toTask(task, taskIdOf(task.key, owner, key))),
  };
}

function taskIdOf(taskKey: string, owner: string, key: string | undefined): TaskId {
  return key === undefined ? newId('task') : idOf('task', uuidOfKey(owner, `task ${taskKey}`, key));
}

function toTask(
  { slot, timeoutMs, onCancel, command, handler, input, inputFrom, always, ...task }: SubmitJobBody['tasks'][number],
  taskId: TaskId,
): SubmittedTask {
  return {
    ...task,
    taskId,
    command: command ?? [],
    ...(handler === undefined
      ? {}
      : { handler: { name: handler, input: input ?? null, ...(inputFrom === undefined ? {} : { from: inputFrom }) } }),
    slotPool: slot?.pool ?? null,
    timeoutMs: timeoutMs ?? (always === false ? null : FINALIZER_TIMEOUT_MS),
    ...(always === false ? {} : { always: always === true ? ('if-begun' as const) : always }),
    onCancelArtifacts: onCancel.artifacts,
  };
}
