/** What a function gets beside its input. */
export interface FunctionContext {
  /**
   * Aborts when the task is to stop, and when its `timeoutMs` is over: `reason.name` is `AbortError` or `TimeoutError`. A function
   * that has not returned when its grace period is over is killed with its process.
   */
  readonly signal: AbortSignal;
  /** Adds to the task's output, as it stands. What goes to stdout and stderr by other ways is output too. */
  readonly write: (text: string) => void;
  /** Adds a line to the task's output, on stderr. */
  readonly log: (line: string) => void;
  readonly jobId: string;
  readonly taskId: string;
  readonly taskKey: string;
  /** From 1. */
  readonly attempt: number;
  /** Directory of the job's own, shared with its other tasks; artifacts are taken from it. */
  readonly workspace: string;
}

/** What it returns must be JSON, at most 64 KiB of it; nothing is `null`. What it throws fails the task. */
export type TaskFunction = (input: unknown, context: FunctionContext) => unknown;

/** The functions of a worker by name: what a task names as its `handler`. */
export type Worker = Readonly<Record<string, TaskFunction>>;

const NAME = /^[A-Za-z0-9][\w.-]{0,99}$/;

/**
 * Lists the functions of a worker; to be its module's default export. Start it with `necrocode worker FILE`.
 * @throws {TypeError} for a name no task could have, or what is no function
 */
export function worker(functions: Worker): Worker {
  for (const [name, value] of Object.entries(functions)) {
    if (!NAME.test(name)) throw new TypeError(`"${name}": letters, digits, "_", "." and "-", at most 100`);
    if (typeof value !== 'function') throw new TypeError(`"${name}" is no function`);
  }
  return Object.freeze({ ...functions });
}
