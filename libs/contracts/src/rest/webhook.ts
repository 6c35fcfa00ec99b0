import { z } from 'zod';
import { type EventDefinition, eventRegistry } from '../events/registry.js';
import { timestamp, webhookId } from '../ids/ids.js';

/** Bounds of one installation and of one endpoint. */
export const WEBHOOK_LIMITS = { webhooks: 50, patterns: 50, urlLength: 2_000 } as const;

/** `*`, `cancellation.*` or `cancellation.completed`: aggregate and event as in the NATS subject. */
const eventPattern = z
  .string()
  .max(100)
  .regex(/^(\*|[a-z-]+\.(\*|[a-z0-9-]+))$/, 'must look like cancellation.completed, cancellation.* or *')
  .refine((pattern) => pattern === '*' || eventRegistry.some((event) => isChosen(pattern, event)), {
    error: 'fits no event there is; see /api/asyncapi.json',
  });

function isChosen(pattern: string, { aggregate, name }: EventDefinition): boolean {
  return pattern === `${aggregate}.*` || pattern === `${aggregate}.${name}`;
}

/** Which addresses an endpoint may have is decided where it is called: here only the form. */
const endpointUrl = z
  .url({ protocol: /^https?$/, error: 'must be an absolute https:// URL' })
  .max(WEBHOOK_LIMITS.urlLength)
  .refine((url) => !URL.canParse(url) || new URL(url).username + new URL(url).password === '', {
    error: 'must not hold credentials: deliveries are signed instead',
  })
  .refine((url) => !URL.canParse(url) || new URL(url).hash === '', 'must not have a fragment');

const events = z.array(eventPattern).min(1).max(WEBHOOK_LIMITS.patterns);
const description = z.string().max(500);

export const createWebhookBody = z
  .strictObject({ url: endpointUrl, events, description: description.default('') })
  .meta({ id: 'CreateWebhook' });

/** What is left out stays as it is. `enabled: true` goes on where it stopped: nothing is skipped. */
export const updateWebhookBody = z
  .strictObject({
    url: endpointUrl.optional(),
    events: events.optional(),
    description: description.optional(),
    enabled: z.boolean().optional(),
  })
  .meta({ id: 'UpdateWebhook' });

/** From an event's position, or from a time. What was delivered is not sent again unless asked for. */
export const replayWebhookBody = z
  .strictObject({
    since: z.union([
      z.strictObject({ position: z.string().regex(/^[1-9]\d{0,17}$/, 'must be the position of an event') }),
      z.strictObject({ time: timestamp }),
    ]),
    alsoDelivered: z.boolean().default(false),
  })
  .meta({ id: 'ReplayWebhook' });

export const webhookResource = z
  .object({
    webhookId,
    url: z.string(),
    events: z.array(z.string()),
    description: z.string(),
    status: z.enum(['enabled', 'disabled']),
    /** `by-user`; `gone`: it answered 410; `failing`: nothing but failures for days. null while enabled. */
    disabledBecause: z.enum(['by-user', 'gone', 'failing']).nullable(),
    createdAt: timestamp,
    createdBy: z.string(),
    /** Everything up to this position has been looked at. */
    position: z.string(),
    circuit: z.object({
      /** `open`: it failed so often that it is only tried now and then. */
      state: z.enum(['closed', 'open']),
      consecutiveFailures: z.int().min(0),
      failingSince: timestamp.nullable(),
      nextTryAt: timestamp.nullable(),
    }),
    deliveries: z.object({ pending: z.int().min(0), dead: z.int().min(0) }),
  })
  .meta({ id: 'Webhook' });

/** The secret is in no other answer. */
export const createdWebhook = webhookResource.extend({ secret: z.string() }).meta({ id: 'CreatedWebhook' });

/** Until `previousValidUntil` deliveries carry a signature of each secret. */
export const rotatedSecret = z
  .object({ webhookId, secret: z.string(), previousValidUntil: timestamp })
  .meta({ id: 'RotatedSecret' });

export const webhookList = z.object({ items: z.array(webhookResource) }).meta({ id: 'WebhookList' });

export const deliveryStatus = z.enum(['pending', 'delivered', 'dead']);

export const deliveryResource = z
  .object({
    /** The event's id and the `webhook-id` header, the same at each attempt. */
    eventId: z.string(),
    position: z.string(),
    event: z.string(),
    streamId: z.string(),
    /** `dead`: given up after the last attempt; a replay sends it again. */
    status: deliveryStatus,
    attempts: z.int().min(0),
    nextAttemptAt: timestamp.nullable(),
    lastStatus: z.int().nullable(),
    lastError: z.string().nullable(),
    settledAt: timestamp.nullable(),
  })
  .meta({ id: 'WebhookDelivery' });

export const deliveryPage = z
  .object({ items: z.array(deliveryResource), nextCursor: z.string().nullable() })
  .meta({ id: 'WebhookDeliveryPage' });

/** Newest first; `cursor` is the `nextCursor` of the page before. */
export const listDeliveriesQuery = z.strictObject({
  status: deliveryStatus.optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z
    .string()
    .regex(/^[1-9]\d{0,17}$/, 'must be the nextCursor of the page before')
    .optional(),
});

/** What the endpoint made of a message that stands for no event. */
export const pingResult = z
  .object({
    delivered: z.boolean(),
    status: z.int().nullable(),
    error: z.string().nullable(),
    durationMs: z.number().min(0),
  })
  .meta({ id: 'WebhookPing' });

/** Deliveries begin again behind this position. */
export const replayedWebhook = z.object({ webhookId, behind: z.string() }).meta({ id: 'WebhookReplay' });

export type CreateWebhookInput = z.input<typeof createWebhookBody>;
export type CreateWebhookBody = z.infer<typeof createWebhookBody>;
export type UpdateWebhookBody = z.infer<typeof updateWebhookBody>;
export type ReplayWebhookInput = z.input<typeof replayWebhookBody>;
export type ReplayWebhookBody = z.infer<typeof replayWebhookBody>;
export type WebhookResource = z.infer<typeof webhookResource>;
export type CreatedWebhook = z.infer<typeof createdWebhook>;
export type RotatedSecret = z.infer<typeof rotatedSecret>;
export type WebhookList = z.infer<typeof webhookList>;
export type DeliveryResource = z.infer<typeof deliveryResource>;
export type DeliveryPage = z.infer<typeof deliveryPage>;
export type ListDeliveriesQuery = z.input<typeof listDeliveriesQuery>;
export type ListDeliveries = z.infer<typeof listDeliveriesQuery>;
export type PingResult = z.infer<typeof pingResult>;
export type ReplayedWebhook = z.infer<typeof replayedWebhook>;
