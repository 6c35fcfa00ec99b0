import { serviceConfig } from '@necrocode/service-kit';
import { z } from 'zod';

export const runnerMonitorConfig = serviceConfig.extend({
  /** A runner silent for so long is lost and its executions are fenced, ms. Runners report in each third of it. */
  LEASE_MS: z.coerce.number().int().min(100).default(10_000),
  /** How long a runner may take to answer a stop or an inspection, ms. */
  RUNNER_ANSWER_MS: z.coerce.number().int().min(10).default(2_000),
});

export type RunnerMonitorConfig = z.infer<typeof runnerMonitorConfig>;
