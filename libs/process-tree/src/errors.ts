/**
 * What can be wrong with a request to start a tree. Everything else (a full process table, a broken kernel interface)
 * is `spawn-failed` or `containment-failed` with its cause.
 */
export type ProcessTreeErrorCode =
  | 'command-empty'
  | 'command-not-found'
  | 'command-not-executable'
  | 'cwd-missing'
  | 'environment-unsupported'
  | 'name-unsupported'
  | 'containment-failed'
  | 'spawn-failed';

export class ProcessTreeError extends Error {
  override readonly name = 'ProcessTreeError';

  constructor(
    readonly code: ProcessTreeErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
