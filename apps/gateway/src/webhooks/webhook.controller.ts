import { Controller, Delete, Get, HttpCode, Patch, Post, Res } from '@nestjs/common';
import {
  type CreatedWebhook,
  createdWebhook,
  type CreateWebhookBody,
  createWebhookBody,
  type DeliveryPage,
  deliveryPage,
  type ListDeliveries,
  listDeliveriesQuery,
  notifierCommands,
  type PingResult,
  pingResult,
  type ReplayedWebhook,
  replayedWebhook,
  type ReplayWebhookBody,
  replayWebhookBody,
  type RotatedSecret,
  rotatedSecret,
  type UpdateWebhookBody,
  updateWebhookBody,
  type WebhookList,
  webhookList,
  type WebhookResource,
  webhookResource,
} from '@necrocode/contracts';
import type { WebhookId } from '@necrocode/domain';
import type { ErrorCode } from '@necrocode/error-catalog';
import { idOf, newId } from '@necrocode/service-kit';
import type { FastifyReply } from 'fastify';
import { type Caller, FromCaller } from '../http/caller.js';
import { IdempotencyKey, uuidOfKey } from '../http/idempotency-key.js';
import { IdParam, ParsedBody, ParsedQuery } from '../http/parsed.js';
import { Operation } from '../openapi/operation.js';
import { Services } from '../services/services.js';

const ONE: readonly ErrorCode[] = ['malformed-id', 'webhook-not-found', 'service-unavailable'];
const BODY: readonly ErrorCode[] = ['validation-failed', 'malformed-json', 'unsupported-media-type', 'body-too-large'];

/** All of it is the notifier's; here it only gets its HTTP form. */
@Controller('webhooks')
export class WebhookController {
  constructor(private readonly services: Services) {}

  @Post()
  @Operation({
    summary: 'Have events sent to an endpoint, from now on',
    description:
      'Each event is a CloudEvent in a POST, signed as Standard Webhooks says, at least once, in order within an aggregate. ' +
      'The secret is in this answer only.',
    body: createWebhookBody,
    headers: {
      'Idempotency-Key': 'The same key and body again is the same webhook again; another body is a conflict.',
    },
    replies: { 201: createdWebhook, 200: createdWebhook },
    problems: [
      ...BODY,
      'webhook-address-refused',
      'webhook-limit-reached',
      'idempotency-conflict',
      'service-unavailable',
    ],
  })
  async create(
    @ParsedBody(createWebhookBody) webhook: CreateWebhookBody,
    @IdempotencyKey() key: string | undefined,
    @FromCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CreatedWebhook> {
    const webhookId = key === undefined ? newId('hook') : idOf('hook', uuidOfKey(caller.principal, 'webhook', key));
    const created = await this.services.ask(notifierCommands.createWebhook, { webhookId, webhook }, caller);
    reply.status(created.repeated ? 200 : 201).header('location', `/api/webhooks/${webhookId}`);
    return created.webhook;
  }

  @Get()
  @Operation({
    summary: 'The webhooks and how each is doing',
    replies: { 200: webhookList },
    problems: ['service-unavailable'],
  })
  list(@FromCaller() caller: Caller): Promise<WebhookList> {
    return this.services.ask(notifierCommands.listWebhooks, {}, caller);
  }

  @Get(':webhookId')
  @Operation({ summary: 'One webhook', replies: { 200: webhookResource }, problems: ONE })
  show(@IdParam('webhookId') webhookId: WebhookId, @FromCaller() caller: Caller): Promise<WebhookResource> {
    return this.services.ask(notifierCommands.getWebhook, { webhookId }, caller);
  }

  @Patch(':webhookId')
  @Operation({
    summary: 'Change a webhook, stop it, or let it go on where it stopped',
    body: updateWebhookBody,
    replies: { 200: webhookResource },
    problems: [...BODY, ...ONE, 'webhook-address-refused'],
  })
  update(
    @IdParam('webhookId') webhookId: WebhookId,
    @ParsedBody(updateWebhookBody) changes: UpdateWebhookBody,
    @FromCaller() caller: Caller,
  ): Promise<WebhookResource> {
    return this.services.ask(notifierCommands.updateWebhook, { webhookId, changes }, caller);
  }

  @Delete(':webhookId')
  @HttpCode(204)
  @Operation({ summary: 'Remove a webhook and what waits for it', replies: { 204: null }, problems: ONE })
  async remove(@IdParam('webhookId') webhookId: WebhookId, @FromCaller() caller: Caller): Promise<void> {
    await this.services.ask(notifierCommands.deleteWebhook, { webhookId }, caller);
  }

  @Post(':webhookId/ping')
  @HttpCode(200)
  @Operation({
    summary: 'Try an endpoint with a signed message that stands for no event',
    replies: { 200: pingResult },
    problems: ONE,
  })
  ping(@IdParam('webhookId') webhookId: WebhookId, @FromCaller() caller: Caller): Promise<PingResult> {
    return this.services.ask(notifierCommands.pingWebhook, { webhookId }, caller);
  }

  @Post(':webhookId/rotate-secret')
  @HttpCode(200)
  @Operation({
    summary: 'A new secret; for a day messages are signed with both',
    replies: { 200: rotatedSecret },
    problems: ONE,
  })
  rotateSecret(@IdParam('webhookId') webhookId: WebhookId, @FromCaller() caller: Caller): Promise<RotatedSecret> {
    return this.services.ask(notifierCommands.rotateSecret, { webhookId }, caller);
  }

  @Get(':webhookId/deliveries')
  @Operation({
    summary: 'What was sent, is to be sent, or was given up, newest first',
    query: listDeliveriesQuery,
    replies: { 200: deliveryPage },
    problems: ['validation-failed', ...ONE],
  })
  deliveries(
    @IdParam('webhookId') webhookId: WebhookId,
    @ParsedQuery(listDeliveriesQuery) query: ListDeliveries,
    @FromCaller() caller: Caller,
  ): Promise<DeliveryPage> {
    return this.services.ask(notifierCommands.listDeliveries, { webhookId, query }, caller);
  }

  @Post(':webhookId/replay')
  @HttpCode(202)
  @Operation({
    summary: 'Send what was missed since a position or a time, also from before the webhook was there',
    body: replayWebhookBody,
    replies: { 202: replayedWebhook },
    problems: [...BODY, ...ONE],
  })
  replay(
    @IdParam('webhookId') webhookId: WebhookId,
    @ParsedBody(replayWebhookBody) replay: ReplayWebhookBody,
    @FromCaller() caller: Caller,
  ): Promise<ReplayedWebhook> {
    return this.services.ask(notifierCommands.replayWebhook, { webhookId, replay }, caller);
  }
}
