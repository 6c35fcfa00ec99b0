import { serviceConfig } from '@necrocode/service-kit';
import { z } from 'zod';

export const gatewayConfig = serviceConfig.extend({
  /** 0 picks a free port. */
  GATEWAY_PORT: z.coerce.number().int().min(0).max(65_535).default(4180),
  /** Loopback unless somebody decides otherwise: the token travels in clear. */
  GATEWAY_HOST: z.string().min(1).default('127.0.0.1'),
  /** The one bearer token; whoever has it is `user:local`. */
  GATEWAY_TOKEN: z.string().min(32, 'needs at least 32 characters').max(500),
  /** So many days after its last event what is over may be archived, which takes it out of the store. Off unless somebody decides otherwise. */
  ARCHIVE_AFTER_DAYS: z.coerce.number().min(0).optional(),
  /** The newest events stay, however old: what an emptied stream on NATS is filled with. */
  ARCHIVE_KEEP_NEWEST: z.coerce.number().int().min(1).default(10_000),
});

export type GatewayConfig = z.infer<typeof gatewayConfig>;
