import { streamNames } from '@necrocode/contracts';
import type { MessagingConnection } from '../connect/connection.js';
import { Drain } from '../drain/drain.js';
import { withLease } from '../lease/lease.js';
import { requireDurableName } from '../provision/durable-name.js';
import { defaultRetry, type RetryPolicy } from './attempt.js';
import type { Consumer } from './consume-events.js';
import { Lanes } from './lanes.js';
import type { ConsumerNotice } from './notice.js';
import { ReportSession } from './report-session.js';
import { Slots } from './slots.js';

/** One runner report for a handler. */
export interface ReportDelivery {
  readonly runnerId: string;
  readonly executionId: string;
  readonly kind: string;
  /** The id its runner gave it: the same again is the same report. */
  readonly id: string;
  /** JSON, not checked yet. */
  readonly body: unknown;
  readonly traceparent: string | undefined;
  readonly redelivered: boolean;
  readonly deliveries: number;
  /** Aborts when the handler's time is over. */
  readonly signal: AbortSignal;
}

export interface ConsumeReportsOptions {
  readonly connection: MessagingConnection;
  /** The stream gives each report to one durable only: there is one purpose. Default `runner-monitor`. */
  readonly durable?: string;
  /** Resolves when the report's effects are committed. May see a report again. */
  readonly handle: (delivery: ReportDelivery) => Promise<void>;
  /** Handlers running at once. Default 16. */
  readonly concurrency?: number;
  /** Default 512. */
  readonly maxInProgress?: number;
  readonly retry?: Partial<RetryPolicy>;
  /** Default 10 s; working handlers renew it. */
  readonly ackWaitMs?: number;
  readonly observe?: (notice: ConsumerNotice) => void;
}

/** Kept across sessions, so that a report is not begun again beside its own handler. */
export interface ReportConsumption extends Required<Omit<ConsumeReportsOptions, 'retry'>> {
  readonly retry: RetryPolicy;
  readonly lanes: Lanes;
  readonly slots: Slots;
}

/** Handles every runner report at least once, in order within an execution. Of all replicas one is active. */
export function consumeReports(options: ConsumeReportsOptions): Consumer {
  const consumption: ReportConsumption = {
    durable: 'runner-monitor',
    concurrency: 16,
    maxInProgress: 512,
    ackWaitMs: 10_000,
    observe: () => undefined,
    ...options,
    retry: { ...defaultRetry, ...options.retry },
    lanes: new Lanes(),
    slots: new Slots(options.concurrency ?? 16),
  };
  requireDurableName(consumption.durable);
  const { observe } = consumption;
  let active = false;
  const drain = new Drain();
  const ended = withLease(
    options.connection,
    `${streamNames.reports}.${consumption.durable}`,
    drain.stopping,
    async (lost) => {
      active = true;
      observe({ kind: 'active' });
      try {
        await new ReportSession(consumption, drain, lost).run();
      } finally {
        active = false;
        observe({ kind: 'standby' });
      }
    },
    (error) => observe({ kind: 'fault', error }),
  );
  return {
    isActive: () => active,
    stop: (withinMs = 5_000) => drain.stop(ended, withinMs),
  };
}
