import { z } from 'zod';
import { webhookId } from '../ids/ids.js';
import {
  createdWebhook,
  createWebhookBody,
  deliveryPage,
  listDeliveriesQuery,
  pingResult,
  replayedWebhook,
  replayWebhookBody,
  rotatedSecret,
  updateWebhookBody,
  webhookList,
  webhookResource,
} from '../rest/webhook.js';
import { command } from './command.js';

const one = z.object({ webhookId });

export const notifierCommands = {
  /** Under an id drawn by the caller: the same id and body again is the same webhook again, its secret included. */
  createWebhook: command(
    'notifier',
    'create-webhook',
    z.object({ webhookId, webhook: createWebhookBody }),
    z.object({ webhook: createdWebhook, repeated: z.boolean() }),
  ),
  listWebhooks: command('notifier', 'list-webhooks', z.object({}), webhookList),
  getWebhook: command('notifier', 'get-webhook', one, webhookResource),
  updateWebhook: command('notifier', 'update-webhook', one.extend({ changes: updateWebhookBody }), webhookResource),
  deleteWebhook: command('notifier', 'delete-webhook', one, z.object({})),
  rotateSecret: command('notifier', 'rotate-secret', one, rotatedSecret),
  pingWebhook: command('notifier', 'ping-webhook', one, pingResult),
  listDeliveries: command('notifier', 'list-deliveries', one.extend({ query: listDeliveriesQuery }), deliveryPage),
  replayWebhook: command('notifier', 'replay-webhook', one.extend({ replay: replayWebhookBody }), replayedWebhook),
} as const;
