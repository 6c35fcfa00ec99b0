import { type Job, jobDecider, type JobEvent, type SubmittedTask } from '@necrocode/domain';
import type { JobRow } from './rows.js';

/** The job's row after one of its events; undefined for an event of a job whose submission was never seen. */
export function projectJob(row: JobRow | undefined, event: JobEvent, position: bigint): JobRow | undefined {
  const state = jobDecider.evolve(row?.state ?? jobDecider.initial, lean(event));
  if (state.status === 'unknown') return undefined;
  const { jobId, spec, status } = state;
  return {
    job_id: jobId,
    position: row?.position ?? position.toString(),
    queue: spec.queue,
    status,
    owner: spec.owner,
    labels: spec.labels,
    batch_id: spec.batchId ?? null,
    state,
    // A job that was dequeued never had a workspace.
    cleaned: row?.cleaned === true || (event.type === 'JobCancelled' && event.dequeued === true),
    settled_position: row?.settled_position ?? null,
  };
}

/** Lists show neither what a task runs nor with what, which is most of what a job weighs. */
function lean(event: JobEvent): JobEvent {
  if (event.type === 'TaskCompleted') return { ...event, result: null };
  if (event.type !== 'JobSubmitted') return event;
  const { retryOf } = event;
  const generation = retryOf ? { retryOf: { ...retryOf, restore: [], runsAgain: [] } } : {};
  return { ...event, ...generation, spec: { ...event.spec, metadata: {} }, tasks: event.tasks.map(leanTask) };
}

function leanTask(task: SubmittedTask): SubmittedTask {
  const { handler, reusedFrom, ...lean } = { ...task, command: [], env: {}, artifacts: [] };
  return {
    ...lean,
    ...(handler === undefined ? {} : { handler: { ...handler, input: null } }),
    ...(reusedFrom === undefined ? {} : { reusedFrom: { ...reusedFrom, result: null } }),
  };
}

/** The story of a job is over: nothing more is to come of it. */
export function isSettled({ state, cleaned }: JobRow, openCancellations: number): boolean {
  return isOver(state) && cleaned && openCancellations === 0;
}

function isOver({ endedAt }: Job): boolean {
  return endedAt !== null;
}
