import { isDeepStrictEqual } from 'node:util';
import { randomUUID } from 'node:crypto';
import {
  type CreatedWebhook,
  type CreateWebhookBody,
  type DeliveryPage,
  type ListDeliveries,
  type PingResult,
  type ReplayedWebhook,
  type ReplayWebhookBody,
  type RotatedSecret,
  type UpdateWebhookBody,
  type WebhookList,
  WEBHOOK_LIMITS,
  type WebhookResource,
} from '@necrocode/contracts';
import type { WebhookId } from '@necrocode/domain';
import type { EventStore } from '@necrocode/event-store';
import { CodedError } from '@necrocode/service-kit';
import type { DataSource } from 'typeorm';
import type { Deliver } from '../deliver/deliver.js';
import type { Deliveries } from '../deliver/deliveries.js';
import type { AddressGuard } from '../guard-address/address-guard.js';
import { AddressRefused, refuseUrl } from '../guard-address/guarded-lookup.js';
import { replayWebhook } from '../replay/replay-webhook.js';
import type { RunEndpoints } from '../run-endpoints/run-endpoints.js';
import { newSecret } from '../sign/sign-message.js';
import { presentWebhook, type WebhookRow } from '../webhooks/webhook-row.js';
import type { Webhooks } from '../webhooks/webhooks.js';
import { pingEvent } from './ping-event.js';

export interface ManageTools {
  readonly database: DataSource;
  readonly store: EventStore;
  readonly webhooks: Webhooks;
  readonly deliveries: Deliveries;
  readonly deliver: Deliver;
  readonly guard: AddressGuard;
  readonly endpoints: RunEndpoints;
  readonly rotationMs: number;
}

/** What callers do with webhooks. All of it @throws {CodedError} `webhook-not-found` for an id that is none. */
export class ManageWebhooks {
  constructor(private readonly tools: ManageTools) {}

  /** Told are events from now on; earlier ones by a replay. @throws {CodedError} `webhook-address-refused`, `webhook-limit-reached`, `idempotency-conflict` */
  async create(
    id: WebhookId,
    webhook: CreateWebhookBody,
    createdBy: string,
  ): Promise<{ webhook: CreatedWebhook; repeated: boolean }> {
    const { webhooks, store, endpoints } = this.tools;
    this.check(webhook.url);
    const secret = newSecret();
    const position = await store.lastPosition();
    const limit = WEBHOOK_LIMITS.webhooks;
    if (!(await webhooks.add({ ...webhook, id, secret, createdBy, position }, limit))) {
      throw new CodedError('webhook-limit-reached', { limit });
    }
    const row = await this.row(id);
    const repeated = row.secret !== secret;
    const { url, events, description } = row;
    if (repeated && !isDeepStrictEqual({ url, events, description }, webhook)) {
      throw new CodedError('idempotency-conflict');
    }
    endpoints.nudge(id);
    return { webhook: { ...(await this.present(row)), secret: row.secret }, repeated };
  }

  async list(): Promise<WebhookList> {
    const [rows, counts] = await Promise.all([this.tools.webhooks.all(), this.tools.webhooks.counts()]);
    return { items: rows.map((row) => presentWebhook(row, counts.get(row.id) ?? NONE)) };
  }

  async get(id: WebhookId): Promise<WebhookResource> {
    return this.present(await this.row(id));
  }

  /** @throws {CodedError} `webhook-address-refused` */
  async update(id: WebhookId, changes: UpdateWebhookBody): Promise<WebhookResource> {
    await this.row(id);
    if (changes.url !== undefined) this.check(changes.url);
    await this.tools.webhooks.update(id, changes);
    this.tools.endpoints.nudge(id);
    return this.get(id);
  }

  /** Nothing more is sent once what is on its way has been answered. */
  async remove(id: WebhookId): Promise<void> {
    await this.row(id);
    await this.tools.webhooks.remove(id);
    this.tools.endpoints.nudge(id);
  }

  async rotateSecret(id: WebhookId): Promise<RotatedSecret> {
    await this.row(id);
    const secret = newSecret();
    const previousValidUntil = new Date(Date.now() + this.tools.rotationMs);
    await this.tools.webhooks.rotateSecret(id, secret, previousValidUntil);
    return { webhookId: id, secret, previousValidUntil: previousValidUntil.toISOString() };
  }

  /** Once, at once, past the circuit: to try an endpoint. */
  async ping(id: WebhookId, signal: AbortSignal): Promise<PingResult> {
    const row = await this.row(id);
    const messageId = randomUUID();
    const startedAt = performance.now();
    const { delivered, status, error } = await this.tools.deliver.send(
      row,
      messageId,
      JSON.stringify(pingEvent(messageId, id, new Date())),
      { signal, timeoutMs: PING_TIMEOUT_MS },
    );
    return { delivered, status, error, durationMs: Math.round(performance.now() - startedAt) };
  }

  async listDeliveries(id: WebhookId, query: ListDeliveries): Promise<DeliveryPage> {
    await this.row(id);
    return this.tools.deliveries.page(id, query);
  }

  async replay(id: WebhookId, replay: ReplayWebhookBody): Promise<ReplayedWebhook> {
    await this.row(id);
    const behind = await replayWebhook(this.tools.database, this.tools.store, id, replay);
    this.tools.endpoints.nudge(id);
    return { webhookId: id, behind: behind.toString() };
  }

  private async row(id: WebhookId): Promise<WebhookRow> {
    const row = await this.tools.webhooks.find(id);
    if (!row) throw new CodedError('webhook-not-found');
    return row;
  }

  private async present(row: WebhookRow): Promise<WebhookResource> {
    const counts = await this.tools.webhooks.counts();
    return presentWebhook(row, counts.get(row.id) ?? NONE);
  }

  private check(url: string): void {
    try {
      refuseUrl(new URL(url), this.tools.guard);
    } catch (error) {
      if (error instanceof AddressRefused) throw new CodedError('webhook-address-refused', { reason: error.reason });
      throw error;
    }
  }
}

/** Whoever pings waits for it: well within the patience of the gateway. */
const PING_TIMEOUT_MS = 4_000;
const NONE = { pending: 0, dead: 0 };
