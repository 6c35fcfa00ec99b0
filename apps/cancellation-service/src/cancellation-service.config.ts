import { serviceConfig } from '@necrocode/service-kit';
import { z } from 'zod';

export const cancellationServiceConfig = serviceConfig.extend({
  /** A bulk of more targets needs the token of a dry run, or their number. */
  BULK_CONFIRM_OVER: z.coerce.number().int().min(0).default(100),
  /** Shortest and longest pause between two drives of a cancellation that does not move, ms. */
  REDRIVE_FIRST_MS: z.coerce.number().int().min(10).default(200),
  REDRIVE_LONGEST_MS: z.coerce.number().int().min(10).default(5_000),
  /** Silence beyond any grace period after which a drive that hears nothing new counts as a failure, ms. */
  PATIENCE_MS: z.coerce.number().int().min(0).default(5_000),
});

export type CancellationServiceConfig = z.infer<typeof cancellationServiceConfig>;
