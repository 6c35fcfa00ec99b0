import type { Metrics } from '../define/metrics.js';

export interface OpenCancellationsNow {
  readonly open: number;
  readonly partial: number;
  readonly unconfirmed: number;
  readonly stalled: number;
  /** Since the longest stalled one was found to be, seconds; 0 when none is. */
  readonly longestStalledSeconds: number;
}

/** What is the case now, whatever this process has seen of it: a crash between an event and a scrape hides nothing. */
export function measureOpenCancellations(metrics: Metrics, look: () => Promise<OpenCancellationsNow>): void {
  const open = metrics.gauge({
    name: 'cancellations_open',
    help: 'Cancellations that are neither proven nor undone',
  });
  const left = metrics.gauge({
    name: 'cancellations_left_open',
    help: 'Of the open ones, those with an interim outcome',
    labels: { outcome: ['partial', 'unconfirmed'] },
  });
  const stalled = metrics.gauge({
    name: 'cancellations_stalled',
    help: 'Open cancellations without new evidence for longer than patience and grace period explain',
  });
  const longest = metrics.gauge({
    name: 'cancellations_longest_stalled_seconds',
    help: 'How long ago the longest stalled cancellation was found to be; 0 when none is',
  });
  metrics.measure([open, left, stalled, longest], async () => {
    const now = await look();
    open.set({}, now.open);
    left.set({ outcome: 'partial' }, now.partial);
    left.set({ outcome: 'unconfirmed' }, now.unconfirmed);
    stalled.set({}, now.stalled);
    longest.set({}, now.longestStalledSeconds);
  });
}
