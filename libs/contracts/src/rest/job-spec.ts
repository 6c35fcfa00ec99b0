import { findGraphProblems } from '@necrocode/domain';
import { z } from 'zod';

/** Limits a job must keep; they bound one append, one plan and one read. */
export const JOB_LIMITS = {
  tasks: 500,
  /** Jobs of one `POST /batches`. */
  jobsPerBatch: 1_000,
  commandArguments: 1_000,
  commandBytes: 128 * 1024,
  environmentVariables: 500,
  labels: 64,
  gracePeriodMs: 3_600_000,
  timeoutMs: 30 * 24 * 3_600_000,
  finalizerTimeoutMs: 3_600_000,
  inputBytes: 64 * 1024,
} as const;

/** Any JSON value, named so that a document of schemas can refer to it. */
export const json = z.json().meta({ id: 'Json' });

const name = z.string().min(1).max(200);
const key = z.string().regex(/^[A-Za-z0-9][\w.-]{0,99}$/, 'letters, digits, "_", "." and "-", at most 100');
/** argv and environment reach execve: a NUL would cut them short. */
const text = z.string().refine((value) => !value.includes('\0'), 'must not contain a NUL character');

export const stopSignal = z.enum(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2']);
export const artifactPolicy = z.enum(['keep', 'quarantine', 'delete']);
export const gracePeriodMs = z.int().min(0).max(JOB_LIMITS.gracePeriodMs);

const timeoutMs = z.int().min(1).max(JOB_LIMITS.timeoutMs);

const command = z
  .array(text)
  .min(1, 'a command needs at least the program')
  .max(JOB_LIMITS.commandArguments)
  .refine((argv) => argv[0] !== '', { error: 'the program must not be empty', path: [0] })
  .refine((argv) => Buffer.byteLength(argv.join(' ')) <= JOB_LIMITS.commandBytes, {
    error: `at most ${JOB_LIMITS.commandBytes} bytes in all`,
  });

/** A path pattern below the working directory: never absolute, never upwards. */
const artifactGlob = text
  .min(1)
  .max(500)
  .refine((glob) => !glob.startsWith('/') && !glob.split('/').includes('..'), {
    error: 'must stay below the working directory: no leading "/", no ".."',
  });

const environment = z
  .record(z.string().regex(/^[A-Za-z_]\w*$/, 'not a name of an environment variable'), text)
  .refine((env) => Object.keys(env).length <= JOB_LIMITS.environmentVariables, 'too many variables')
  .refine((env) => !Object.keys(env).some((variable) => variable.startsWith('NECROCODE_')), {
    error: 'variables that start with NECROCODE_ are set by the runner',
  });

const backoff = z.strictObject({
  initialMs: z.int().min(0).max(3_600_000).default(500),
  factor: z.number().min(1).max(10).default(2),
  maxMs: z.int().min(0).max(86_400_000).default(30_000),
  jitter: z.number().min(0).max(1).default(0.2),
});

const retry = z.strictObject({
  maxAttempts: z.int().min(1).max(100).default(1),
  backoff: backoff.prefault({}),
});

export const taskBody = z.strictObject({
  key,
  /** Either a command or a handler. */
  command: command.optional(),
  /** Name of a function in a worker, which runs instead of a command. */
  handler: key.optional(),
  /** What the function is given; default null. */
  input: json
    .refine((input) => Buffer.byteLength(JSON.stringify(input)) <= JOB_LIMITS.inputBytes, {
      error: `at most ${JOB_LIMITS.inputBytes} bytes of JSON`,
    })
    .optional(),
  /** Fields of the input that are taken from results of tasks it depends on. */
  inputFrom: z.record(z.string().max(200), z.strictObject({ task: key, field: z.string().max(200) })).optional(),
  env: environment.default({}),
  workingDirectory: z.enum(['workspace', 'slot']).default('workspace'),
  dependsOn: z.array(key).max(JOB_LIMITS.tasks).default([]),
  slot: z.strictObject({ pool: key }).optional(),
  retry: retry.prefault({}),
  timeoutMs: timeoutMs.optional(),
  gracePeriodMs: gracePeriodMs.default(10_000),
  signal: stopSignal.default('SIGTERM'),
  signalTo: z.enum(['tree', 'leader-first']).default('tree'),
  artifacts: z.array(artifactGlob).max(100).default([]),
  onCancel: z.strictObject({ artifacts: artifactPolicy.default('keep') }).prefault({}),
  optional: z.boolean().default(false),
  /** A finalizer: runs when all others are over, also after a cancellation, where something of the job was assigned or it asks to. */
  always: z.union([z.boolean(), z.literal('even-if-queued')]).default(false),
});

/** `POST /jobs`: a DAG of tasks. Every fault is reported with its path, graph faults included. */
export const submitJobBody = z
  .strictObject({
    name,
    queue: key.default('default'),
    priority: z.int().min(0).max(100).default(50),
    labels: z
      .record(key, z.string().max(200))
      .refine((labels) => Object.keys(labels).length <= JOB_LIMITS.labels, 'too many labels')
      .default({}),
    metadata: z.record(z.string(), json).default({}),
    /** Longest time until the first task starts, and from there to the end of the job, ms. */
    timeouts: z.strictObject({ queueMs: timeoutMs.optional(), runMs: timeoutMs.optional() }).optional(),
    tasks: z.array(taskBody).min(1, 'a job needs at least one task').max(JOB_LIMITS.tasks),
  })
  .superRefine((job, context) => {
    for (const { path, message, code } of findGraphProblems(job.tasks)) {
      context.addIssue({ code: 'custom', path: [...path], message, params: { code } });
    }
    job.tasks.forEach((task, index) => {
      if (task.workingDirectory === 'slot' && !task.slot) {
        context.addIssue({
          code: 'custom',
          path: ['tasks', index, 'slot'],
          message: 'workingDirectory "slot" needs a slot',
        });
      }
      for (const { field, message } of [...faultsOfWork(task), ...faultsOfFinalizer(task)]) {
        context.addIssue({ code: 'custom', path: ['tasks', index, ...field.split('.')], message });
      }
      task.dependsOn.forEach((dependency, at) => {
        if (!job.tasks.some(({ key: other, always }) => other === dependency && always !== false)) return;
        const message = `"${dependency}" is a finalizer: it runs when all others are over`;
        context.addIssue({ code: 'custom', path: ['tasks', index, 'dependsOn', at], message });
      });
    });
    if (job.tasks.length > 0 && job.tasks.every(({ always }) => always !== false)) {
      context.addIssue({ code: 'custom', path: ['tasks'], message: 'a job needs a task that is not a finalizer' });
    }
  });

/** A task runs one thing: a command, or a function with its input. */
function faultsOfWork({
  command,
  handler,
  input,
  inputFrom,
  dependsOn,
}: z.infer<typeof taskBody>): readonly FieldMessage[] {
  if (command !== undefined && handler !== undefined) return [{ field: 'handler', message: 'not beside a command' }];
  if (handler !== undefined) {
    return Object.entries(inputFrom ?? {}).flatMap(([field, { task }]) =>
      dependsOn.includes(task) ? [] : [{ field: `inputFrom.${field}.task`, message: 'must be one of dependsOn' }],
    );
  }
  const missing = command === undefined ? [{ field: 'command', message: 'a task needs a command or a handler' }] : [];
  const given = [...(input === undefined ? [] : ['input']), ...(inputFrom === undefined ? [] : ['inputFrom'])];
  return [...missing, ...given.map((field) => ({ field, message: 'only with a handler' }))];
}

/** Nothing may hold up a finalizer but its runner, nor make it last longer than it says. */
function faultsOfFinalizer(task: z.infer<typeof taskBody>): readonly FieldMessage[] {
  if (task.always === false) return [];
  const { finalizerTimeoutMs } = JOB_LIMITS;
  return [
    ...(task.dependsOn.length > 0
      ? [{ field: 'dependsOn', message: 'not of a finalizer: it runs after all others' }]
      : []),
    ...(task.slot ? [{ field: 'slot', message: 'not for a finalizer: it could wait for one for ever' }] : []),
    ...(task.retry.maxAttempts > 1 ? [{ field: 'retry', message: 'not for a finalizer: it has one attempt' }] : []),
    ...((task.timeoutMs ?? 0) > finalizerTimeoutMs
      ? [{ field: 'timeoutMs', message: `at most ${finalizerTimeoutMs} for a finalizer` }]
      : []),
  ];
}

interface FieldMessage {
  readonly field: string;
  readonly message: string;
}

export type SubmitJobBody = z.infer<typeof submitJobBody>;
/** As a caller may write it: whatever has a default may be left out. */
export type SubmitJobInput = z.input<typeof submitJobBody>;
