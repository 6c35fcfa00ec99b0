export type EmbeddedErrorCode =
  | 'already-running'
  | 'binary-missing'
  | 'binary-not-runnable'
  | 'data-of-another-version'
  | 'directory-not-writable'
  | 'no-account'
  | 'port-taken'
  | 'start-failed'
  | 'start-timeout'
  | 'unreadable-data';

/** A failure the person at the terminal can mend: `message` says what, `hint` what to do, one sentence each; no stack is needed to understand it. */
export class EmbeddedError extends Error {
  override readonly name = 'EmbeddedError';

  constructor(
    readonly code: EmbeddedErrorCode,
    message: string,
    readonly hint: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
