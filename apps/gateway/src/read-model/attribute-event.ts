import type { CancellationId, Job, TaskId } from '@necrocode/domain';
import type { NamedInEvent } from './named-in-event.js';
import type { CancellationRow } from './rows.js';

/**
 * The cancellation whose timeline an event belongs to (docs/adr/0071). The one it names; else, while one is open, the one that
 * targets its task or execution; else the open one that targets the whole job. An event that names a task belongs to no
 * cancellation of other tasks.
 * @param open the job's cancellations that are not completed
 */
export function attributeEvent(
  named: NamedInEvent,
  job: Job | undefined,
  open: readonly CancellationRow[],
): CancellationId | null {
  if (named.cancellationId !== null) return named.cancellationId;
  const taskId = named.taskId ?? taskOf(named, job);
  const ofTask = open.filter((row) => taskId !== null && targetTasks(row, job).has(taskId));
  const ofJob = open.filter(({ state }) => state.target.kind === 'job');
  return (newest(ofTask) ?? newest(ofJob))?.cancellation_id ?? null;
}

function taskOf({ executionId }: NamedInEvent, job: Job | undefined): TaskId | null {
  if (executionId === null) return null;
  return job?.tasks.find(({ executionIds }) => executionIds.includes(executionId))?.spec.taskId ?? null;
}

/** A task's cancellation and, once the dispatcher has blocked them, its dependents. */
function targetTasks({ cancellation_id, state }: CancellationRow, job: Job | undefined): ReadonlySet<TaskId> {
  const { target } = state;
  if (target.kind === 'job') return new Set();
  const blocked = job?.cancellations.find(({ cancellationId }) => cancellationId === cancellation_id);
  return new Set([target.taskId, ...(blocked?.taskIds ?? [])]);
}

function newest(rows: readonly CancellationRow[]): CancellationRow | undefined {
  return rows.reduce<CancellationRow | undefined>(
    (best, row) => (best && BigInt(best.position) > BigInt(row.position) ? best : row),
    undefined,
  );
}
