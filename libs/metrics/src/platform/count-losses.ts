import type { Metrics } from '../define/metrics.js';

/** Counts what JetStream lost and was given again from the store. */
export function countLosses(metrics: Metrics) {
  return metrics.counter({
    name: 'necrocode_jetstream_losses_total',
    help: 'Times JetStream had lost a stream, all events, some in the middle, or held those of another store; it was filled again',
    labels: { what: ['stream', 'emptied', 'holes', 'foreign-history'] },
  });
}
