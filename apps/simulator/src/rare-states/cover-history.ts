import type { StoredEvent } from '@necrocode/event-store';
import type { Estate } from '../run/build-site.js';
import type { World } from '../world/world.js';

/** Counts the rare states a history has reached, from its events. */
export function coverHistory({ site }: Pick<Estate, 'site'>, world: World): void {
  const { store } = site.access;
  if (store.lostRaces > 0) world.reach('append-lost-its-race');
  if (undoneAfterACrash(store.events, world.crashes)) world.reach('undone-after-a-crash');
  for (const streamId of store.streamIds) {
    const events = store.stream(streamId);
    for (const name of reachedBy(events)) world.reach(name);
  }
}

function undoneAfterACrash(events: readonly StoredEvent[], crashes: readonly string[]): boolean {
  return events.some((undone) => {
    if (undone.type !== 'CancellationUndone') return false;
    const asked = events.find(({ type, streamId }) => type === 'UndoRequested' && streamId === undone.streamId);
    return asked !== undefined && crashes.some((at) => at >= asked.recordedAt && at <= undone.recordedAt);
  });
}

function reachedBy(events: readonly StoredEvent[]): readonly string[] {
  const types = events.map(({ type }) => type);
  const at = (type: string): number => types.indexOf(type);
  const has = (type: string): boolean => at(type) >= 0;
  const before = (first: string, second: string): boolean => has(first) && at(second) > at(first);
  const text = (type: string, needle: string): boolean =>
    events.some((event) => event.type === type && JSON.stringify(event.data).includes(needle));
  return Object.entries({
    completed: has('CancellationCompleted'),
    'partial-then-completed': before('CancellationLeftPartial', 'CancellationCompleted'),
    'unconfirmed-then-completed': before('CancellationLeftUnconfirmed', 'CancellationCompleted'),
    undone: has('CancellationUndone'),
    'undo-window-over': text('UndoWindowClosed', '"over"'),
    'undo-window-ended-by-force': text('UndoWindowClosed', '"forced"'),
    upgraded: has('CancellationUpgraded'),
    'verification-failed': has('VerificationFailed'),
    standstill: text('StepFailed', 'no-progress'),
    'step-failed-and-retried': has('StepRetried'),
    'finalizer-after-cancel': has('FinalizersRecorded'),
    'finalizer-given-up': has('FinalizerGivenUp'),
    'came-too-late': has('CancellationCompleted') && text('CancellationPlanned', '"action":"none"'),
    'signal-overtook-block': before('TaskCancelled', 'DispatchBlocked') && at('TaskCancelled') < at('DispatchBlocked'),
    'cancelled-in-back-off': before('TaskRetryScheduled', 'TaskCancelled'),
    'spared-by-cascade': text('DispatchBlocked', '"spared"'),
    'two-cancellations-of-one-job': types.filter((type) => type === 'DispatchBlocked').length > 1,
    'retried-attempt': types.filter((type) => type === 'TaskAssigned').length > 1 && has('TaskRetryScheduled'),
    'start-given-back': has('TaskUnassigned'),
    'left-its-runner': before('JobUnplaced', 'LateReportNoted'),
    'late-report-noted': has('LateReportNoted'),
    'stale-report-noted': has('StaleReportNoted'),
    'force-killed': has('ExecutionForceKilled'),
    'fenced-then-ended': before('ExecutionFenced', 'ExecutionEnded'),
    'ended-twice-second-proven': types.filter((type) => type === 'ExecutionEnded').length > 1,
    'lease-lost-ending': text('ExecutionEnded', 'lease-lost'),
    'runner-restarted-ending': text('ExecutionEnded', 'runner-restarted'),
    'never-started-ending': text('ExecutionEnded', '"started":false'),
    'bulk-concluded': has('BulkConcluded'),
    'cleanup-failed-then-done':
      before('CleanupFailed', 'CleanupCompleted') || before('CleanupFailed', 'SlotProvenClean'),
    'slot-freed-after-proof': has('SlotFreed'),
    'job-dequeued': text('JobCancelled', '"dequeued":true'),
  }).flatMap(([name, reached]) => (reached ? [name] : []));
}
