import { parseReportSubject, type ReportAddress, streamNames } from '@necrocode/contracts';
import type { JsMsg } from '@nats-io/jetstream';
import { errorCode, Unprocessable } from '../dead-letter/error-code.js';
import { keepDeadLetter } from '../dead-letter/keep-dead-letter.js';
import type { Drain } from '../drain/drain.js';
import { messageHeaders } from '../publish/message-headers.js';
import { Settlement } from '../settle/settlement.js';
import { raceAbort } from '../timing/race-abort.js';
import { attempt } from './attempt.js';
import type { ReportConsumption } from './consume-reports.js';
import { pullMessages } from './pull-messages.js';
import { refuseMessage } from './refuse-message.js';
import { Room } from './room.js';
import { abortController } from '../timing/abort.js';

interface Report extends ReportAddress {
  readonly id: string;
  readonly body: unknown;
  readonly traceparent: string | undefined;
}

/** One stretch of being the active replica. */
export class ReportSession {
  readonly #running = new Set<Promise<void>>();
  readonly #settlement: Settlement;
  readonly #room: Room;
  readonly #over = abortController();

  constructor(
    private readonly consumption: ReportConsumption,
    private readonly drain: Drain,
    private readonly lost: AbortSignal,
  ) {
    this.#settlement = new Settlement(consumption.ackWaitMs);
    this.#room = new Room(() => this.#settlement.open >= consumption.maxInProgress);
  }

  async run(): Promise<void> {
    const { connection, durable, ackWaitMs, maxInProgress } = this.consumption;
    try {
      await pullMessages(
        {
          connection,
          spec: {
            stream: streamNames.reports,
            durable,
            description: 'Turns runner reports into events',
            settled: { how: 'one-by-one', ackWaitMs, maxUnsettled: maxInProgress * 2 },
          },
          prefetch: Math.min(256, maxInProgress),
          take: (message) => this.#take(message),
          onFault: this.#fault,
        },
        this.lost,
      );
    } finally {
      await this.#finish();
    }
  }

  async #take(message: JsMsg): Promise<void> {
    await this.#room.wait(this.lost);
    if (this.lost.aborted) return;
    // Its redelivery overtook its handler: the newest delivery is settled when the handler is done.
    if (this.#settlement.isOpen(message)) return this.#settlement.take(message);
    let report: Report;
    try {
      report = parseReport(message);
    } catch (error) {
      return refuseMessage(this.consumption, message, error, this.lost);
    }
    this.#settlement.take(message);
    const running = this.consumption.lanes
      .run(report.executionId, () => this.#handle(report, message))
      .catch(this.#fault)
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  async #handle(report: Report, message: JsMsg): Promise<void> {
    const { slots, retry, observe, handle } = this.consumption;
    const { deliveryCount: deliveries, redelivered } = message.info;
    const about = { messageId: report.id, key: report.executionId };
    const verdict = await attempt(
      () => handle({ ...report, deliveries, redelivered, signal: this.#over.signal }),
      slots,
      retry,
      this.lost,
      (attempts, error) => observe({ kind: 'handler-failed', ...about, attempts, error }),
    );
    if (verdict.outcome === 'stopped') return;
    if (verdict.outcome === 'given-up') {
      const code = errorCode(verdict.error);
      if (!(await this.#bury(report, message, verdict.attempts, code))) return;
      observe({ kind: 'dead-lettered', ...about, errorCode: code, error: verdict.error });
      this.#settlement.term(message, code);
    } else {
      this.#settlement.ack(message);
    }
    this.#room.changed();
  }

  #bury(report: Report, message: JsMsg, attempts: number, code: string): Promise<boolean> {
    const { connection, durable } = this.consumption;
    const letter = {
      durable,
      messageId: report.id,
      subject: message.subject,
      key: report.executionId,
      attempts,
      errorCode: code,
      failedAt: new Date().toISOString(),
      body: report.body,
    };
    return keepDeadLetter(connection, letter, report.traceparent, this.lost, this.#fault);
  }

  async #finish(): Promise<void> {
    if (this.drain.stopping.aborted) {
      await raceAbort(Promise.all(this.#running), this.drain.abandoning).catch(() => undefined);
      this.#settlement.nakAll();
    } else {
      this.#settlement.abandonAll();
    }
    this.#over.abort();
  }

  readonly #fault = (error: unknown): void => this.consumption.observe({ kind: 'fault', error });
}

/** @throws when the message is no report */
function parseReport(message: JsMsg): Report {
  const address = parseReportSubject(message.subject);
  const id = message.headers?.get('Nats-Msg-Id');
  if (address === undefined || !id)
    throw new Unprocessable('not-a-report', `${message.subject} is no report with an id`);
  return {
    ...address,
    id,
    body: message.json(),
    traceparent: message.headers?.get(messageHeaders.traceparent) || undefined,
  };
}
