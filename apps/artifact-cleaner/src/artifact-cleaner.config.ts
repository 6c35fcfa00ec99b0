import { serviceConfig } from '@necrocode/service-kit';
import { z } from 'zod';

export const artifactCleanerConfig = serviceConfig.extend({
  /** How long a runner may take to clean, ms: a big workspace takes its time. */
  RUNNER_ANSWER_MS: z.coerce.number().int().min(100).default(120_000),
  /** Shortest and longest pause between two attempts, ms. */
  RETRY_FIRST_MS: z.coerce.number().int().min(10).default(200),
  RETRY_LONGEST_MS: z.coerce.number().int().min(10).default(30_000),
});

export type ArtifactCleanerConfig = z.infer<typeof artifactCleanerConfig>;
