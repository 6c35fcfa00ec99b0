import type { ErrorCode } from '@necrocode/error-catalog';

type Details = Readonly<Record<string, string | number>>;

/** An error a caller can act on. The code is in the catalog; details fill its message. `cause` is logged, never sent. */
export class CodedError extends Error {
  override readonly name = 'CodedError';
  constructor(
    readonly code: ErrorCode,
    readonly details: Details = {},
    readonly more: { readonly cause?: unknown; readonly fields?: readonly FieldFault[] } = {},
  ) {
    super(code, { cause: more.cause });
  }
}

export interface FieldFault {
  /** For example `tasks.2.dependsOn.0`. */
  readonly path: string;
  readonly message: string;
}
