/** What the exit code of every command says. Scripts rely on them: a meaning never changes. */
export const EXIT = {
  /** Done; of a cancel: proven, or there was nothing left to cancel. */
  ok: 0,
  error: 1,
  usage: 2,
  nothingMatched: 3,
  notAllowed: 4,
  partial: 5,
  /** Not proven: the outcome is unconfirmed, or the cancellation is stalled. */
  unproven: 6,
  planChanged: 7,
  waitRanOut: 8,
  /** Ctrl-C while waiting: the cancellation goes on. */
  detached: 130,
} as const;

/** A command cannot go on: one sentence on what, one on what to do, and the exit code. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
  constructor(
    readonly exitCode: number,
    message: string,
    readonly hint?: string,
  ) {
    super(message);
  }
}
