import { serviceConfig } from '@necrocode/service-kit';
import { z } from 'zod';

const milliseconds = z.coerce.number().int().min(1);

export const dispatcherConfig = serviceConfig.extend({
  /** Longest pause between two looks for ready tasks, ms: bounds how late what another replica left behind is noticed. */
  ASSIGN_POLL_MS: milliseconds.default(1_000),
  /** Tasks assigned in one transaction at most. */
  ASSIGN_BATCH: z.coerce.number().int().min(1).max(500).default(32),
  /** A runner that does not answer a start within this is asked again, ms. */
  START_TIMEOUT_MS: milliseconds.default(2_000),
  /** Shortest and longest pause between two asks of one start, ms. */
  REDRIVE_FIRST_MS: milliseconds.default(500),
  REDRIVE_LONGEST_MS: milliseconds.default(5_000),
});

export type DispatcherConfig = z.infer<typeof dispatcherConfig>;
