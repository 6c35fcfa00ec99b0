import type { Metrics } from '../define/metrics.js';

const STATUSES = ['ready', 'draining', 'quarantined', 'lost'] as const;

/** @param look reports that runners have sent and that are not events yet */
export function measureReports(metrics: Metrics, look: () => Promise<number>): void {
  const pending = metrics.gauge({
    name: 'necrocode_reports_pending',
    help: 'Reports of runners that are not events yet',
  });
  metrics.measure([pending], async () => pending.set({}, await look()));
}

/** @param look how many runners have which status; a status that none has may be missing */
export function measureRunners(metrics: Metrics, look: () => Promise<ReadonlyMap<string, number>>): void {
  const runners = metrics.gauge({
    name: 'necrocode_runners',
    help: 'Known runners by status',
    labels: { status: STATUSES },
  });
  metrics.measure([runners], async () => {
    const counts = await look();
    for (const status of STATUSES) runners.set({ status }, counts.get(status) ?? 0);
  });
}
