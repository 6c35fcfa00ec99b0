import { z } from 'zod';

/** Settings every process has; each comes from an environment variable of the same name. */
export const processConfig = z.object({
  NATS_URL: z.string().min(1),
  /** Copies of every stream: 3 in a cluster. A stream that has more keeps them. */
  NATS_REPLICAS: z.coerce.number().int().min(1).max(5).default(1),
  /** Port of /healthz and /readyz on 127.0.0.1; 0 picks a free one. */
  HEALTH_PORT: z.coerce.number().int().min(0).max(65_535).default(0),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']).default('info'),
});

export const serviceConfig = processConfig.extend({ DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }) });

export type ServiceConfig = z.infer<typeof serviceConfig>;

/** The configuration is wrong: the message names every bad key and never repeats a value. */
export class BadConfiguration extends Error {
  override readonly name = 'BadConfiguration';
}

/** Reads the environment once. @throws {BadConfiguration} naming every bad key */
export function loadConfig<Schema extends z.ZodObject>(
  schema: Schema,
  env: NodeJS.ProcessEnv = process.env,
): Readonly<z.infer<Schema>> {
  const parsed = schema.safeParse(env);
  if (parsed.success) return Object.freeze(parsed.data);
  const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new BadConfiguration(`bad configuration: ${faults.join('; ')}`);
}
