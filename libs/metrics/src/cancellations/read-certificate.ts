import type { Certificate } from '@necrocode/domain';
import type { Metrics } from '../define/metrics.js';

/** The times only a certificate knows, because they come from the runners' evidence. */
export function readCertificate(metrics: Metrics) {
  const firstSignal = metrics.durations({
    name: 'cancellation_first_signal_seconds',
    help: "From the request to the first signal sent, by the runner's clock; cancellations that signalled something",
  });
  const gone = metrics.durations({
    name: 'cancellation_gone_seconds',
    help: 'From the request to the last process being proven gone; cancellations of which something ran',
  });
  return ({ requestedAt, executions, lastProcessGoneAfterMs }: Certificate): void => {
    const stopped = executions.filter(({ finalizer }) => !finalizer);
    const signalledAt = stopped.flatMap(({ signals }) => signals.map(({ at }) => Date.parse(at)));
    // Hosts' clocks may disagree by more than a signal takes; a time before the request is none.
    if (signalledAt.length > 0) firstSignal({}, Math.max(0, Math.min(...signalledAt) - Date.parse(requestedAt)));
    if (lastProcessGoneAfterMs !== null) gone({}, lastProcessGoneAfterMs);
  };
}
