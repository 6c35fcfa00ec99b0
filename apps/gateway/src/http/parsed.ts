import { Body, Param, Query } from '@nestjs/common';
import { cancellationId, jobId, runnerId, taskId, webhookId } from '@necrocode/contracts';
import { CodedError, validationError } from '@necrocode/service-kit';
import type { z } from 'zod';

/** The request's body, parsed. No body at all counts as `{}`, so that a schema of defaults accepts it. */
export function ParsedBody(schema: z.ZodType): ParameterDecorator {
  return Body({ transform: (value: unknown) => parse(schema, value === undefined ? {} : value) });
}

/** The query string, parsed. */
export function ParsedQuery(schema: z.ZodType): ParameterDecorator {
  return Query({ transform: (value: unknown) => parse(schema, value) });
}

const IDS = {
  jobId: { schema: jobId, form: 'job_…' },
  taskId: { schema: taskId, form: 'task_…' },
  cancellationId: { schema: cancellationId, form: 'can_…' },
  runnerId: { schema: runnerId, form: 'run_…' },
  webhookId: { schema: webhookId, form: 'hook_…' },
} as const;

/** An id of the path. @throws {CodedError} `malformed-id` */
export function IdParam(name: keyof typeof IDS): ParameterDecorator {
  const { schema, form } = IDS[name];
  return Param(name, {
    transform: (value: unknown) => {
      const parsed = schema.safeParse(value);
      if (!parsed.success) throw new CodedError('malformed-id', { id: String(value).slice(0, 80), form });
      return parsed.data;
    },
  });
}

function parse(schema: z.ZodType, value: unknown): unknown {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw validationError(parsed.error);
  return parsed.data;
}
