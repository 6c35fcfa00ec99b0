import { join } from 'node:path';
import { callCommand, callEnvironment } from '@necrocode/client/function-process';
import type { StartRequest } from '@necrocode/contracts';
import { CodedError } from '@necrocode/service-kit/process';
import type { Place } from '../workspace/place.js';
import type { HandlerModule } from './handler-module.js';

/** What an execution runs: a command as it stands, or the process of one call of a function. */
export interface Work {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Where a call leaves its outcome; null for a command. */
  readonly outcomeFile: string | null;
}

/** Linux takes no longer text into an environment than 128 KiB. */
const MOST_INPUT_BYTES = 120 * 1024;

/** @throws {CodedError} `handler-not-found` when this runner has no functions (any more), `handler-input-too-large` */
export function workOf(request: StartRequest, place: Pick<Place, 'temporary'>, handlers: HandlerModule | null): Work {
  const { command, handler, timeoutMs, execution } = request;
  if (!handler) return { command, env: {}, outcomeFile: null };
  if (handlers === null) throw new CodedError('handler-not-found', { handler: handler.name });
  const inputBytes = Buffer.byteLength(JSON.stringify(handler.input ?? null));
  if (inputBytes > MOST_INPUT_BYTES) throw new CodedError('handler-input-too-large', { limit: MOST_INPUT_BYTES });
  const outcomeFile = join(place.temporary, `${execution.executionId}.outcome.json`);
  return {
    command: callCommand(handlers.module, handler.name),
    env: callEnvironment({ input: handler.input, timeoutMs, outcomeFile }),
    outcomeFile,
  };
}
