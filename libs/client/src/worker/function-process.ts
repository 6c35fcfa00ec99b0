import { fileURLToPath } from 'node:url';
import type { FunctionOutcome } from './function-outcome.js';

/** What the process of a call finds in its environment, beside what every task does. */
export const CALL = {
  input: 'NECROCODE_INPUT',
  timeoutMs: 'NECROCODE_TIMEOUT_MS',
  outcomeFile: 'NECROCODE_OUTCOME_FILE',
} as const;

/** The process that makes one call. @param module absolute path of the worker's module */
export function callCommand(module: string, name: string): readonly string[] {
  return [process.execPath, '--enable-source-maps', main(), 'call', module, name];
}

/** The process that prints the names of a module's functions as a JSON array and ends. */
export function listCommand(module: string): readonly string[] {
  return [process.execPath, main(), 'list', module];
}

export function callEnvironment(call: {
  readonly input: unknown;
  readonly timeoutMs: number | null;
  readonly outcomeFile: string;
}): Record<string, string> {
  return {
    [CALL.input]: JSON.stringify(call.input ?? null),
    ...(call.timeoutMs === null ? {} : { [CALL.timeoutMs]: String(call.timeoutMs) }),
    [CALL.outcomeFile]: call.outcomeFile,
  };
}

/** What the process wrote down; null when that is nothing of ours: a function can write there too. */
export function parseOutcome(text: string): FunctionOutcome | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  if ('result' in value) return { result: value.result };
  if (!('error' in value) || typeof value.error !== 'object' || value.error === null) return null;
  const { code, message } = { code: '', message: '', ...value.error };
  const known = CODES.find((candidate) => candidate === code);
  return known && typeof message === 'string' ? { error: { code: known, message } } : null;
}

const CODES = ['handler-not-found', 'handler-failed', 'handler-result-invalid'] as const;

function main(): string {
  return fileURLToPath(new URL('./main.js', import.meta.url));
}
