import { serviceConfig } from '@necrocode/service-kit';
import { z } from 'zod';

export const gatewayConfig = serviceConfig.extend({
  /** 0 picks a free port. */
  GATEWAY_PORT: z.coerce.number().int().min(0).max(65_535).default(4180),
  /** Loopback unless somebody decides otherwise: the token travels in clear. */
  GATEWAY_HOST: z.string().min(1).default('127.0.0.1'),
  /** The one bearer token; whoever has it is `user:local`. */
  GATEWAY_TOKEN: z.string().min(32, 'needs at least 32 characters').max(500),
});

export type GatewayConfig = z.infer<typeof gatewayConfig>;
