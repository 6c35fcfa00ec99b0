import type { Metrics } from '../define/metrics.js';

/** @param look how many cleanups are open, and for how long the one that is tried next is overdue, seconds */
export function measureCleanups(metrics: Metrics, look: () => Promise<number>): void {
  const open = metrics.gauge({ name: 'necrocode_cleanups_open', help: 'Cleanups that are not done yet' });
  metrics.measure([open], async () => open.set({}, await look()));
}
