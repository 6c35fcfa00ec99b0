import type {
  CreatedWebhook,
  CreateWebhookInput,
  DeliveryPage,
  PingResult,
  ReplayedWebhook,
  ReplayWebhookInput,
  RotatedSecret,
  UpdateWebhookBody,
  WebhookList,
  WebhookResource,
} from '@necrocode/contracts';
import type { DeliveryFilter } from './filters.js';
import type { HttpRequest, RequestOptions, Transport } from './http/transport.js';

/** What can be done with webhooks. All of it throws `ApiProblem`: `webhook-not-found` for an id that is none. */
export class WebhookCalls {
  constructor(private readonly transport: Transport) {}

  /** The answer holds the secret, no later one does. @throws {ApiProblem} `webhook-address-refused`, `webhook-limit-reached` */
  create(
    webhook: CreateWebhookInput,
    { idempotencyKey, ...options }: RequestOptions & { readonly idempotencyKey?: string | undefined } = {},
  ): Promise<CreatedWebhook> {
    const headers = idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey };
    return this.call('POST', '', options, { body: webhook, headers });
  }

  list(options: RequestOptions = {}): Promise<WebhookList> {
    return this.call('GET', '', options);
  }

  get(webhookId: string, options: RequestOptions = {}): Promise<WebhookResource> {
    return this.call('GET', at(webhookId), options);
  }

  /** What is left out stays as it is. */
  update(webhookId: string, changes: UpdateWebhookBody, options: RequestOptions = {}): Promise<WebhookResource> {
    return this.call('PATCH', at(webhookId), options, { body: changes });
  }

  /** Also what waits for it. */
  async delete(webhookId: string, options: RequestOptions = {}): Promise<void> {
    await this.transport.send({ ...options, method: 'DELETE', path: `/webhooks${at(webhookId)}` });
  }

  /** One signed message that stands for no event, whatever the endpoint's circuit says. */
  ping(webhookId: string, options: RequestOptions = {}): Promise<PingResult> {
    return this.call('POST', `${at(webhookId)}/ping`, options);
  }

  rotateSecret(webhookId: string, options: RequestOptions = {}): Promise<RotatedSecret> {
    return this.call('POST', `${at(webhookId)}/rotate-secret`, options);
  }

  /** Newest first. `cursor` is the `nextCursor` of the page before. */
  deliveries(webhookId: string, query: DeliveryFilter = {}, options: RequestOptions = {}): Promise<DeliveryPage> {
    return this.call('GET', `${at(webhookId)}/deliveries`, options, { query: { ...query } });
  }

  /** Sends what was missed since a position or a time. */
  replay(webhookId: string, replay: ReplayWebhookInput, options: RequestOptions = {}): Promise<ReplayedWebhook> {
    return this.call('POST', `${at(webhookId)}/replay`, options, { body: replay });
  }

  private call<Value>(
    method: HttpRequest['method'],
    path: string,
    options: RequestOptions,
    more: Pick<HttpRequest, 'body' | 'headers' | 'query'> = {},
  ): Promise<Value> {
    return this.transport.json({ ...options, method, path: `/webhooks${path}`, ...more });
  }
}

function at(webhookId: string): string {
  return `/${encodeURIComponent(webhookId)}`;
}
