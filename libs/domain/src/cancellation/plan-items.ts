import type { CancellationId } from '../ids.js';
import type { CancellationOptions, CancellationPlan } from './cancellation.js';
import { stopRequestFor } from './stop-request.js';

/** One thing a plan would do: what it is about, and what would become of it. Two plans with the same items do the same. */
export interface PlanItem {
  readonly subject: string;
  readonly fate: string;
}

/** What differs between the plan somebody agreed to and the one that would be carried out now. */
export interface PlanChange {
  readonly subject: string;
  /** null: it was not in the plan. */
  readonly before: string | null;
  /** null: it is not in it any more. */
  readonly now: string | null;
}

interface PlanContext {
  readonly cancellationId: CancellationId;
  readonly joins: CancellationId | null;
  readonly undoWindowMs?: number | undefined;
}

/** Everything a plan would do. What cannot be promised for a second (process counts) is none of it. */
export function planItems(
  { tasks, executions, slots, spared = [] }: CancellationPlan,
  options: CancellationOptions,
  { cancellationId, joins, undoWindowMs }: PlanContext,
): readonly PlanItem[] {
  return [
    ...(joins === null ? [] : [{ subject: 'cancellation', fate: `joins ${joins}` }]),
    ...(undoWindowMs === undefined ? [] : [{ subject: 'undo window', fate: `${undoWindowMs} ms` }]),
    { subject: 'artifacts', fate: options.artifacts ?? 'as each task says' },
    ...tasks.map(({ key, action, status }) => ({
      subject: `task ${key}`,
      fate: action === 'none' ? `none (${status})` : action,
    })),
    ...spared.map(({ key, fate }) => ({ subject: `task ${key}`, fate: `left alone: ${fate}` })),
    ...executions.map((target) => {
      const { signal, signalTo, gracePeriodMs, force } = stopRequestFor(target, options, cancellationId);
      const fate = force ? 'SIGKILL at once' : `${signal} to ${signalTo}, SIGKILL after ${gracePeriodMs} ms`;
      return { subject: `execution ${target.execution.executionId}`, fate };
    }),
    ...slots.map(({ slotId }) => ({ subject: `slot ${slotId}`, fate: 'released' })),
  ];
}

export function planChanges(before: readonly PlanItem[], now: readonly PlanItem[]): readonly PlanChange[] {
  const [was, is] = [fatesOf(before), fatesOf(now)];
  return [...new Set([...was.keys(), ...is.keys()])]
    .map((subject) => ({ subject, before: was.get(subject) ?? null, now: is.get(subject) ?? null }))
    .filter((change) => change.before !== change.now);
}

function fatesOf(items: readonly PlanItem[]): ReadonlyMap<string, string> {
  return new Map(items.map(({ subject, fate }) => [subject, fate]));
}
