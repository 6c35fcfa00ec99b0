import { type FunctionOutcome, failed, messageOf, returned } from './function-outcome.js';
import type { FunctionContext, Worker } from './worker.js';

/** One call to be made. */
export interface FunctionCall {
  readonly name: string;
  readonly input: unknown;
  readonly context: Omit<FunctionContext, 'signal'>;
  /** Aborts when the task is to stop. */
  readonly stop: AbortSignal;
  /** null: as long as it takes. */
  readonly timeoutMs: number | null;
}

/** Calls the function with a signal for both, the stop and the end of its time, and says how that ended. Never throws. */
export async function callFunction(functions: Worker, call: FunctionCall): Promise<FunctionOutcome> {
  const run = Object.hasOwn(functions, call.name) ? functions[call.name] : undefined;
  if (!run) return failed('handler-not-found', `this worker has no function "${call.name}"`);
  const { stop, timeoutMs } = call;
  const signal = timeoutMs === null ? stop : AbortSignal.any([stop, AbortSignal.timeout(timeoutMs)]);
  try {
    return returned(await run(call.input, { ...call.context, signal }));
  } catch (error) {
    call.context.log(error instanceof Error ? (error.stack ?? messageOf(error)) : messageOf(error));
    return failed('handler-failed', messageOf(error));
  }
}
