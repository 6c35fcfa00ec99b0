import { serviceConfig } from '@necrocode/service-kit';
import { z } from 'zod';
import { type Network, parseNetworks } from './guard-address/networks.js';

export const notifierConfig = serviceConfig
  .extend({
    /** NATS as the keeper of the account that subscribers are in (docs/events.md); without it there is no such account to keep a mirror in. */
    SUBSCRIBERS_NATS_URL: z.string().min(1).optional(),
    /** Networks endpoints may be in although they are not public, as CIDR: `10.0.0.0/8,fd00::/8`. Only these may be called without TLS. */
    WEBHOOK_ALLOWED_NETWORKS: z.string().default('').transform(toNetworks),
    /** How long an endpoint may take to answer, from the look-up of its name to the head of its answer, ms. */
    WEBHOOK_TIMEOUT_MS: z.coerce.number().int().min(100).max(60_000).default(15_000),
    /** Pause after a first failed attempt, ms; three times as long after each further one. */
    WEBHOOK_RETRY_FIRST_MS: z.coerce.number().int().min(10).default(5_000),
    /** The longest such pause, ms. */
    WEBHOOK_RETRY_LONGEST_MS: z.coerce
      .number()
      .int()
      .min(10)
      .default(12 * 3_600_000),
    /** Then a delivery is dead, until it is replayed. With the pauses above: after a day and a half. */
    WEBHOOK_MOST_ATTEMPTS: z.coerce.number().int().min(1).max(100).default(12),
    /** How long an endpoint rests at first when it has failed five times in a row, ms; doubling up to an hour. */
    WEBHOOK_REST_FIRST_MS: z.coerce.number().int().min(10).default(30_000),
    /** An endpoint that did nothing but fail for so long is disabled, ms. */
    WEBHOOK_DISABLE_AFTER_MS: z.coerce
      .number()
      .int()
      .min(10)
      .default(5 * 24 * 3_600_000),
    /** How long a rotated secret still signs, ms. */
    WEBHOOK_ROTATION_MS: z.coerce
      .number()
      .int()
      .min(0)
      .default(24 * 3_600_000),
    /** `smtp://user:password@host:587` or `smtps://…:465`: where failures are told. Without it no mail is sent. */
    MAIL_URL: z.url({ protocol: /^smtps?$/ }).optional(),
    MAIL_FROM: z.email().default('necrocode@localhost.localdomain'),
    /** Addresses, divided by commas. */
    MAIL_TO: z
      .string()
      .transform((text) => text.split(',').map((part) => part.trim()))
      .pipe(z.array(z.email()).min(1).max(50))
      .optional(),
    /** Between two looks for failures, ms. */
    MAIL_LOOK_MS: z.coerce.number().int().min(10).default(10_000),
    /** How long failures are gathered before a first mail, ms. */
    MAIL_GATHER_MS: z.coerce.number().int().min(0).default(60_000),
    /** The shortest time between two mails, ms. */
    MAIL_PAUSE_MS: z.coerce
      .number()
      .int()
      .min(0)
      .default(15 * 60_000),
    /** How long deliveries that are settled can be looked at, ms. */
    WEBHOOK_KEEP_SETTLED_MS: z.coerce
      .number()
      .int()
      .min(0)
      .default(14 * 24 * 3_600_000),
  })
  .refine(({ MAIL_URL, MAIL_TO }) => (MAIL_URL === undefined) === (MAIL_TO === undefined), {
    path: ['MAIL_TO'],
    error: 'MAIL_URL and MAIL_TO go together',
  });

export type NotifierConfig = z.infer<typeof notifierConfig>;

function toNetworks(text: string, context: z.RefinementCtx): readonly Network[] {
  try {
    return parseNetworks(text);
  } catch (error) {
    context.addIssue(error instanceof Error ? error.message : String(error));
    return z.NEVER;
  }
}
