import { serviceConfig } from '@necrocode/service-kit';
import { z } from 'zod';

export const artifactCleanerConfig = serviceConfig.extend({
  /** How long a runner may take to clean before it is asked again, ms: it may have gigabytes to move. */
  RUNNER_ANSWER_MS: z.coerce.number().int().min(50).default(120_000),
  /** How long a `clean` command waits for the report before it answers that it is not done yet, ms. */
  ANSWER_WITHIN_MS: z.coerce.number().int().min(0).default(1_000),
  /** Shortest and longest pause between two looks at a cleanup that waits or was left behind, ms. */
  RETRY_FIRST_MS: z.coerce.number().int().min(10).default(200),
  RETRY_LONGEST_MS: z.coerce.number().int().min(10).default(5_000),
});

export type ArtifactCleanerConfig = z.infer<typeof artifactCleanerConfig>;
