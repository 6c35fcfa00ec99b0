import { streamNames, subjects } from '@necrocode/contracts';
import type { MessagingConnection } from '../connect/connection.js';
import { OrderedPublisher } from './ordered-publisher.js';

/** What a runner saw happen to an execution. */
export interface RunnerReport {
  readonly runnerId: string;
  readonly executionId: string;
  readonly kind: string;
  /** The same id again is the same report: stored once, and recognisable to whoever handles it. */
  readonly id: string;
  /** JSON. */
  readonly body: unknown;
  readonly traceparent?: string;
}

/** A piece of an execution's output. */
export interface RunnerOutput {
  readonly runnerId: string;
  readonly executionId: string;
  readonly id: string;
  /** JSON. */
  readonly body: unknown;
}

export interface RunnerPublisher {
  /**
   * Resolves when the report is stored; until then it is kept and repeated, also while NATS is away. Reports of one execution keep their order.
   * @throws {BufferFull} when the report was not taken
   * @throws {MessagingUnavailable} when closed before it was stored
   */
  publishReport(report: RunnerReport): Promise<void>;
  /** Like `publishReport`, with a buffer of its own: output can never take the room reports need. */
  publishOutput(output: RunnerOutput): Promise<void>;
  /** Bytes that wait to be stored. */
  buffered(): { readonly reports: number; readonly output: number };
  /** Waits until everything is stored, at most so long (default 5 s). The connection stays open. */
  close(withinMs?: number): Promise<void>;
}

const mebibyte = 1024 * 1024;

export function runnerPublisher(
  connection: MessagingConnection,
  bounds: { readonly reportBytes?: number; readonly outputBytes?: number } = {},
): RunnerPublisher {
  const reports = new OrderedPublisher(connection, bounds.reportBytes ?? 16 * mebibyte);
  const output = new OrderedPublisher(connection, bounds.outputBytes ?? 16 * mebibyte);
  return {
    publishReport: ({ runnerId, executionId, kind, id, body, traceparent }) =>
      reports.publish({
        key: executionId,
        stream: streamNames.reports,
        subject: subjects.report(runnerId, executionId, kind),
        id,
        payload: JSON.stringify(body),
        traceparent,
      }),
    publishOutput: ({ runnerId, executionId, id, body }) =>
      output.publish({
        key: executionId,
        stream: streamNames.output,
        subject: subjects.output(runnerId, executionId),
        id,
        payload: JSON.stringify(body),
        traceparent: undefined,
      }),
    buffered: () => ({ reports: reports.bufferedBytes, output: output.bufferedBytes }),
    close: async (withinMs = 5_000) => {
      await Promise.all([reports.close(withinMs), output.close(withinMs)]);
    },
  };
}
