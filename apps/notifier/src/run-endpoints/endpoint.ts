import type { WebhookId } from '@necrocode/domain';
import type { EventStore } from '@necrocode/event-store';
import type { Logger } from '@necrocode/service-kit';
import type { DataSource } from 'typeorm';
import { isOpen } from '../circuit/circuit.js';
import type { Deliver } from '../deliver/deliver.js';
import type { Deliveries, DeliveryRow } from '../deliver/deliveries.js';
import { matches } from '../record-deliveries/matches.js';
import { recordDeliveries } from '../record-deliveries/record-deliveries.js';
import type { EndpointHealth } from '../webhooks/endpoint-health.js';
import { circuitOf, type WebhookRow } from '../webhooks/webhook-row.js';
import type { Webhooks } from '../webhooks/webhooks.js';
import { Waker } from './waker.js';

export interface EndpointTools {
  readonly database: DataSource;
  readonly store: EventStore;
  readonly webhooks: Webhooks;
  readonly deliveries: Deliveries;
  readonly deliver: Deliver;
  readonly health: EndpointHealth;
  readonly logger: Logger;
  /** For how long a delivery is ours alone, ms: longer than an attempt can take. */
  readonly leaseMs: number;
}

/** How late an event is noticed whose message was lost, or another replica's change. */
const LOOK_EVERY_MS = 5_000;
/** Events come in bursts: what comes so soon after the first is looked at with it. */
const GATHER_MS = 10;
/** When what is due was taken by another replica. */
const SOONEST_MS = 100;
/** Messages on their way to one endpoint at a time. */
const AT_A_TIME = 4;

/** All that is done for one endpoint. Each has a loop of its own: what one waits for, no other does. */
export class Endpoint {
  readonly #waker = new Waker();
  #events: readonly string[] = ['*'];

  constructor(
    private readonly id: WebhookId,
    private readonly tools: EndpointTools,
  ) {}

  wake(): void {
    this.#waker.wake();
  }

  /** An event was published: looks at it when it is one of those chosen. */
  hear(aggregate: string, event: string): void {
    if (matches(this.#events, aggregate, event)) this.#waker.wake();
  }

  /** Until the endpoint is disabled or deleted, or `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    let isFailing = false;
    while (!signal.aborted) {
      this.#waker.clear();
      try {
        const pauseMs = await this.turn(signal);
        if (pauseMs === null) return;
        isFailing = false;
        await this.#waker.wait(pauseMs, signal);
        if (pauseMs > GATHER_MS) await new Waker().wait(GATHER_MS, signal);
      } catch (error) {
        if (signal.aborted) return;
        if (!isFailing) this.tools.logger.warn({ err: error, webhookId: this.id }, 'an endpoint cannot be served now');
        isFailing = true;
        await new Waker().wait(LOOK_EVERY_MS, signal);
      }
    }
  }

  /** @returns how long to wait for the next, ms; null when there is nothing to do for this endpoint any more */
  private async turn(signal: AbortSignal): Promise<number | null> {
    const { database, store, webhooks, deliveries, leaseMs } = this.tools;
    const isMore = await recordDeliveries(database, store, this.id);
    const webhook = await webhooks.find(this.id);
    if (!webhook || webhook.disabled_because !== null) return null;
    this.#events = webhook.events;
    const { openUntil } = circuitOf(webhook);
    const restMs = (openUntil?.getTime() ?? 0) - Date.now();
    if (restMs > 0) return isMore ? 0 : Math.min(restMs, LOOK_EVERY_MS);
    const rows = await deliveries.claim(this.id, isOpen(circuitOf(webhook)) ? 1 : AT_A_TIME, leaseMs);
    await this.deliverAll(webhook, rows, signal);
    if (isMore || rows.length > 0) return 0;
    const dueInMs = await deliveries.nextDueInMs(this.id);
    return Math.min(LOOK_EVERY_MS, Math.max(SOONEST_MS, dueInMs ?? LOOK_EVERY_MS));
  }

  private async deliverAll(webhook: WebhookRow, rows: readonly DeliveryRow[], signal: AbortSignal): Promise<void> {
    const outcomes = await Promise.allSettled(rows.map((row) => this.deliverOne(webhook, row, signal)));
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  }

  private async deliverOne(webhook: WebhookRow, row: DeliveryRow, signal: AbortSignal): Promise<void> {
    const { deliver, health, logger } = this.tools;
    const answer = await deliver.attempt(webhook, row, signal);
    if (!answer) return;
    const line = { webhookId: this.id, eventId: row.event_id, attempts: row.attempts, status: answer.status };
    logger.debug({ ...line, error: answer.error }, answer.delivered ? 'delivered' : 'not delivered');
    const because = await health.note(this.id, answer);
    if (because) logger.error({ ...line, because }, 'a webhook was disabled');
  }
}
