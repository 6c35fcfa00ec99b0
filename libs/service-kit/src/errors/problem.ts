import type { Problem } from '@necrocode/contracts';
import { Rejection } from '@necrocode/domain';
import { catalogEntry, fillIn } from '@necrocode/error-catalog';
import { StoreUnavailable, StreamArchived } from '@necrocode/event-store';
import { MessagingUnavailable } from '@necrocode/messaging';
import type { z } from 'zod';
import { CodedError, type FieldFault } from './coded-error.js';
import { isDatabaseAway } from './database-away.js';

/** What a caller is told of an error. A fault without a code becomes `internal`: its message stays in the log. */
export function problemOf(error: unknown): Problem {
  if (error instanceof RemoteProblem) return error.problem;
  if (error instanceof Rejection) return build(error.code, error.details);
  if (error instanceof CodedError) return build(error.code, error.details, error.more.fields);
  if (error instanceof StoreUnavailable) return build('store-unavailable', {});
  if (error instanceof StreamArchived) return build('archived', { archive: error.archive });
  if (error instanceof MessagingUnavailable) return build('messaging-unavailable', {});
  if (isDatabaseAway(error)) return build('store-unavailable', {});
  return build('internal', {});
}

/** A refusal that another service answered with; passed on as it stands. */
export class RemoteProblem extends Error {
  override readonly name = 'RemoteProblem';
  constructor(readonly problem: Problem) {
    super(problem.code);
  }
}

function build(
  code: string,
  details: Readonly<Record<string, string | number>>,
  fields?: readonly FieldFault[],
): Problem {
  const { status, category, message, hint, retryable } = catalogEntry(code);
  const text = fillIn(message, details);
  return {
    type: `urn:necrocode:problem:${code}`,
    title: text,
    status,
    code,
    message: text,
    hint,
    retryable,
    category,
    ...(retryable ? { retryAfterMs: 1_000 } : {}),
    ...(fields ? { fields: [...fields] } : {}),
  };
}

/** Every fault of a body with its path: nothing is reported one at a time. */
export function validationError(error: z.ZodError): CodedError {
  const fields = error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ path: [...issue.path, key].join('.'), message: 'there is no such field' }))
      : [{ path: issue.path.join('.'), message: issue.message }],
  );
  return new CodedError('validation-failed', {}, { fields });
}
