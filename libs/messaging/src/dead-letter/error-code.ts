/**
 * A word for the error that is safe to store and show: its `code` when that is one word, else its class. Messages are left out on purpose:
 * they repeat arguments, paths and values.
 */
export function errorCode(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'code' in error) {
    const { code } = error;
    if (typeof code === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(code)) return code;
  }
  return error instanceof Error ? error.name : 'unknown';
}

/** Thrown by a handler for a message that no repetition will mend: it becomes a dead letter at once. */
export class Unprocessable extends Error {
  override readonly name = 'Unprocessable';
  constructor(
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
