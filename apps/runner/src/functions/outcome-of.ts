import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { parseOutcome } from '@necrocode/client/function-process';
import type { ExecutionEnding } from '@necrocode/domain';
import { isMissing } from '../workspace/confined-tree.js';

/** A result has at most 64 KiB; what is larger was not written by our process. */
const MOST_BYTES = 256 * 1024;

/** The ending of a call that ended by itself, with what the function returned or why it failed. */
export async function withOutcome(ending: ExecutionEnding, file: string): Promise<ExecutionEnding> {
  if (ending.reason !== 'exited') return ending;
  const text = await readOutcome(file);
  const outcome = text === null ? null : parseOutcome(text);
  if (outcome && 'result' in outcome) return { ...ending, result: outcome.result };
  if (outcome) return { ...ending, error: outcome.error };
  const { code, signal } = ending.exit;
  const how = signal === null ? `with code ${code ?? 'unknown'}` : `by ${signal}`;
  return { ...ending, error: { code: 'handler-failed', message: `its process ended ${how} before the function did` } };
}

/** Follows no link: the function works in that directory too. */
async function readOutcome(file: string): Promise<string | null> {
  try {
    const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      const { size } = await handle.stat();
      return size > MOST_BYTES ? null : await handle.readFile('utf8');
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (isMissing(error) || isLink(error)) return null;
    throw error;
  }
}

function isLink(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ELOOP';
}
