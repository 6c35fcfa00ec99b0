import { toPublishedEvent } from '@necrocode/contracts';
import type { EventStore, PositionedEvent } from '@necrocode/event-store';
import { retryAfterMs, retryDelay } from '../circuit/retry-delay.js';
import type { NotifierConfig } from '../notifier.config.js';
import { type Answer, sendMessage, type SendOptions } from '../send/send-message.js';
import { signMessage } from '../sign/sign-message.js';
import { secretsOf, type WebhookRow } from '../webhooks/webhook-row.js';
import type { Deliveries, DeliveryRow } from './deliveries.js';

interface HowToSend {
  readonly signal: AbortSignal;
  readonly traceparent?: string | undefined;
  /** Default: that of deliveries. */
  readonly timeoutMs?: number;
}

/** Sends events to endpoints, each as the CloudEvent that NATS and the event streams carry. */
export class Deliver {
  constructor(
    private readonly store: EventStore,
    private readonly deliveries: Deliveries,
    private readonly config: NotifierConfig,
    private readonly options: Omit<SendOptions, 'signal'>,
  ) {}

  /** One attempt, and what follows from it for this delivery; null when there was nothing to send. @throws the signal's reason, with the delivery put back */
  async attempt(webhook: WebhookRow, row: DeliveryRow, signal: AbortSignal): Promise<Answer | null> {
    try {
      const event = await this.read(row);
      if (!event) return await this.giveUp(row);
      const answer = await this.send(webhook, row.event_id, JSON.stringify(toPublishedEvent(event)), {
        signal,
        traceparent: event.metadata.traceparent,
      });
      await this.conclude(row, answer);
      return answer;
    } catch (error) {
      await this.deliveries.putBack(row);
      throw error;
    }
  }

  /** @param id `webhook-id`: the same at each attempt, so receivers can tell a repetition */
  async send(
    webhook: WebhookRow,
    id: string,
    body: string,
    { signal, traceparent, timeoutMs = this.options.timeoutMs }: HowToSend,
  ): Promise<Answer> {
    const sentAt = Date.now();
    const headers = {
      'content-type': 'application/cloudevents+json; charset=utf-8',
      'user-agent': 'necrocode-webhooks/1',
      ...signMessage({ id, sentAt, body }, secretsOf(webhook, new Date(sentAt))),
      ...(traceparent === undefined ? {} : { traceparent }),
    };
    return sendMessage({ url: webhook.url, headers, body }, { ...this.options, timeoutMs, signal });
  }

  private async conclude(row: DeliveryRow, answer: Answer): Promise<void> {
    if (answer.delivered) return this.deliveries.settle(row, 'delivered', answer);
    const { WEBHOOK_MOST_ATTEMPTS, WEBHOOK_RETRY_FIRST_MS, WEBHOOK_RETRY_LONGEST_MS } = this.config;
    if (row.attempts >= WEBHOOK_MOST_ATTEMPTS) return this.deliveries.settle(row, 'dead', answer);
    const schedule = { firstMs: WEBHOOK_RETRY_FIRST_MS, longestMs: WEBHOOK_RETRY_LONGEST_MS };
    const asked = retryAfterMs(answer.retryAfter, new Date());
    await this.deliveries.retryIn(row, retryDelay(row.attempts, schedule, Math.random(), asked), answer);
  }

  /** undefined when it is no longer in the store: old streams are archived. */
  private async read({ position, event_id }: DeliveryRow): Promise<PositionedEvent | undefined> {
    const [event] = await this.store.readAll(BigInt(position) - 1n, 1);
    return event?.id === event_id ? event : undefined;
  }

  /** Nobody's failure, so nothing is held against the endpoint. */
  private async giveUp(row: DeliveryRow): Promise<null> {
    await this.deliveries.settle(row, 'dead', { status: null, error: 'the event is no longer in the store' });
    return null;
  }
}
