/** One line of a log, before it is written. */
export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  /** Names what happened; the same words each time, so that it can be searched for. */
  readonly message: string;
  /** Ids, codes, counts and times. Nothing that a user wrote: no reason text, command, environment, label or file name. */
  readonly fields: Readonly<Record<string, unknown>>;
}
