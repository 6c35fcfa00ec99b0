import { conclude } from './conclude.js';
import { isTerminal } from './is-terminal.js';
import { dependentsOf, inputsOnlyOf } from './job-graph.js';
import type { Cascade, Job, SparedTask, Task } from './job.js';
import type { CancellationId, Timestamp } from '../ids.js';

/** The tasks that are cancelled with `root`, itself included, in the job's order. */
export function cascadeFrom(root: Task, cascade: Cascade, { tasks }: Job): readonly Task[] {
  if (cascade === 'none') return [root];
  const specs = tasks.map((task) => task.spec);
  const keys = new Set([root.spec.key, ...dependentsOf(specs, [root.spec.key])]);
  if (cascade === 'dependents-and-unneeded-inputs') {
    const over = new Set(tasks.filter(needsNothing).map((task) => task.spec.key));
    for (const input of inputsOnlyOf(specs, keys, over)) keys.add(input);
  }
  return tasks.filter((task) => keys.has(task.spec.key));
}

/** What has ended, or is being ended, will not use its inputs any more. */
function needsNothing(task: Task): boolean {
  return isTerminal(task) || task.progress.status === 'cancelling';
}

/**
 * What becomes of everything that depends on `root` and is not cancelled with it: found by looking what would follow if
 * `root` were cancelled already. The rest of the job may still end in a way that skips what goes on here.
 */
export function sparedBy(
  root: Task,
  targets: readonly Task[],
  job: Job,
  { cancellationId, at }: { readonly cancellationId: CancellationId; readonly at: Timestamp },
): readonly SparedTask[] {
  const dependents = dependentsOf(
    job.tasks.map((task) => task.spec),
    [root.spec.key],
  );
  const spared = job.tasks.filter(
    (task) => dependents.has(task.spec.key) && !targets.includes(task) && !isTerminal(task),
  );
  if (spared.length === 0) return [];
  const gone: Task = {
    ...root,
    progress: { status: 'cancelled', cancellationId, neverStarted: false, endedAt: at },
  };
  const followed = conclude(
    {
      ...job,
      tasks: job.tasks.map((task) => (task === root ? gone : task)),
      cancellations: [...job.cancellations, { cancellationId, scope: 'tasks', taskIds: [] }],
    },
    at,
  );
  const skipped = new Set(followed.flatMap((event) => (event.type === 'TaskSkipped' ? [event.taskId] : [])));
  return spared.map(({ spec: { taskId, key } }) => ({
    taskId,
    key,
    fate: skipped.has(taskId) ? 'skipped' : 'goes-on',
  }));
}
