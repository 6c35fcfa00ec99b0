/** A command the rules refuse. `code` is a code of the error catalog; everything else that rises is a fault. */
export class Rejection extends Error {
  override readonly name = 'Rejection';
  constructor(
    readonly code: RejectionCode,
    readonly details: Readonly<Record<string, string | number>> = {},
  ) {
    super(code);
  }
}

export type RejectionCode =
  | 'job-not-found'
  | 'job-exists'
  | 'task-not-found'
  | 'task-not-assignable'
  | 'execution-not-found'
  | 'runner-not-found'
  | 'slot-not-found'
  | 'slot-not-free'
  | 'stale-token'
  | 'cancellation-not-found'
  | 'cancellation-exists'
  | 'idempotency-conflict'
  | 'job-completed'
  | 'job-not-over'
  | 'job-not-cleaned'
  | 'job-already-retried'
  | 'undo-not-offered'
  | 'undo-window-over'
  | 'cancellation-being-undone';
