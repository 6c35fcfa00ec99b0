import type { Problem } from '@necrocode/contracts';
import { catalogEntry, type ErrorCode, fillIn } from '@necrocode/error-catalog';

/**
 * Everything that can go wrong with a call, with a stable `code`: what the gateway answered, or that it could not be
 * reached (`gateway-unreachable`), took too long (`request-timed-out`) or answered with something that is not ours
 * (`unreadable-answer`).
 */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';

  constructor(
    readonly problem: Problem,
    options?: ErrorOptions,
  ) {
    super(problem.message, options);
  }

  get code(): string {
    return this.problem.code;
  }

  /** HTTP status; what the catalog gives the code when there was no answer. */
  get status(): number {
    return this.problem.status;
  }

  /** What to do about it. */
  get hint(): string {
    return this.problem.hint;
  }

  /** The same call may succeed later. */
  get retryable(): boolean {
    return this.problem.retryable;
  }

  /** Every fault of a refused body with its path; empty for other problems. */
  get fields(): readonly { readonly path: string; readonly message: string }[] {
    return this.problem.fields ?? [];
  }

  get traceId(): string | undefined {
    return this.problem.traceId;
  }
}

/** A problem of our own side, from the catalog. */
export function localProblem(
  code: ErrorCode,
  details: Readonly<Record<string, string | number>>,
  cause?: unknown,
): ApiProblem {
  const { status, category, message, hint, retryable } = catalogEntry(code);
  const text = fillIn(message, details);
  return new ApiProblem(
    { type: `urn:necrocode:problem:${code}`, title: text, status, code, message: text, hint, retryable, category },
    { cause },
  );
}
