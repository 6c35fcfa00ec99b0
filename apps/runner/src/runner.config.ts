import { processConfig } from '@necrocode/service-kit/process';
import { z } from 'zod';

const slotPool = z
  .string()
  .regex(/^[A-Za-z0-9][\w.-]{0,99}:(repository|counted):\d{1,3}$/, 'must look like name:repository:2 or name:counted:4')
  .transform((text) => {
    const [pool = '', kind, size] = text.split(':');
    return { pool, kind: kind === 'counted' ? ('counted' as const) : ('repository' as const), size: Number(size) };
  });

export const runnerConfig = processConfig.extend({
  /** Workspaces, slots and the record of what runs. One agent at a time. */
  RUNNER_HOME: z.string().min(1),
  /** Where artifacts are kept. */
  ARTIFACT_STORE: z.string().min(1),
  /** Executions at a time. */
  RUNNER_CAPACITY: z.coerce.number().int().min(1).max(10_000).default(32),
  /** Slot pools of this host, divided by commas. */
  RUNNER_SLOTS: z
    .string()
    .default('repos:repository:2')
    .transform((text) => text.split(',').filter((part) => part !== ''))
    .pipe(z.array(slotPool)),
  /** How often the host is looked at for what nobody has in hand, ms; it is ended at the second look that finds it. */
  RUNNER_SWEEP_MS: z.coerce.number().int().min(50).default(30_000),
  /** What becomes of executions whose agent was killed: its successor ends them, or takes them into hand again. */
  RUNNER_ORPHANS: z.enum(['end', 'adopt']).default('end'),
  /** Module of a worker: the functions this runner can run. Without it, it runs commands only. */
  RUNNER_HANDLERS: z.string().min(1).optional(),
});

export type RunnerConfig = z.infer<typeof runnerConfig>;
