import type { CancellationPlanResource, CancellationResult } from '@necrocode/contracts';
import { duration } from '../terminal/duration.js';
import type { Format } from '../terminal/format.js';
import { table } from '../terminal/table.js';
import { colours } from '../terminal/terminal.js';

/** A dry run as it was asked for: for a person, whole, or the token alone. */
export function showPlanAs(
  format: Format,
  plan: CancellationPlanResource,
  result: CancellationResult,
  width: number,
): string {
  if (format === 'id') return plan.planToken;
  return format === 'text' ? showPlan(plan, width) : JSON.stringify(result, null, format === 'json' ? 2 : undefined);
}

const ENDED: ReadonlySet<string> = new Set(['completed', 'failed', 'cancelled', 'skipped']);

function fateOf({ action, status }: CancellationPlanResource['tasks'][number]): string {
  switch (action) {
    case 'dequeued':
      return 'cancelled, never starts';
    case 'stop':
      return 'stopped';
    case 'none':
      return ENDED.has(status) ? 'nothing, has ended' : 'left to run';
    default:
      return action satisfies never;
  }
}

/** What a cancellation would do. */
export function showPlan(plan: CancellationPlanResource, width: number): string {
  const tasks = [
    ...plan.tasks.map((task) => [task.key, task.status, fateOf(task)]),
    ...plan.spared.map(({ task, fate }) => [task, '-', `left alone: ${fate}`]),
  ];
  const executions = plan.executions.map(({ task, processes, signal, signalTo, gracePeriodMs, force, runnerId }) => [
    task,
    processes === null ? '?' : String(processes),
    force ? 'SIGKILL at once' : `${signal} to ${signalTo}, SIGKILL after ${duration(gracePeriodMs)}`,
    runnerId,
  ]);
  return [
    colours.bold('A dry run: nothing has been changed.'),
    ...(plan.joins === null ? [] : [`  would join  ${plan.joins}, which is under way`]),
    `  slots       ${plan.slots.map(({ slotId }) => slotId).join(', ') || 'none held'}`,
    `  artifacts   ${plan.artifacts ?? 'as each task says'}`,
    '',
    table(['TASK', 'IS', 'WOULD BE'], tasks, width),
    ...(executions.length === 0 ? [] : ['', table(['TASK', 'PROCESSES', 'STOPPED BY', 'RUNNER'], executions, width)]),
    '',
    'To carry out exactly this, repeat the command without --dry-run and with:',
    `  --plan-token ${plan.planToken}`,
  ].join('\n');
}
