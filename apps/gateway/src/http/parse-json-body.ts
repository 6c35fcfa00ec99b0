import { CodedError } from '@necrocode/service-kit';
import { findUnstorableText } from './unstorable-text.js';

/** Containers within containers: deeper than any job, and far from what a recursive walk can bear. */
const DEEPEST = 64;

/**
 * A request body as JSON; an empty one is no body.
 * @throws {CodedError} `malformed-json`, or `validation-failed` naming every text that cannot be stored
 */
export function parseJsonBody(raw: string): unknown {
  if (raw.trim() === '') return undefined;
  if (deepest(raw) > DEEPEST) throw new CodedError('malformed-json');
  const value = parse(raw);
  const fields = findUnstorableText(raw, value);
  if (fields.length > 0) throw new CodedError('validation-failed', {}, { fields });
  return value;
}

function parse(raw: string): unknown {
  try {
    return JSON.parse(raw, refusePrototype);
  } catch (cause) {
    if (cause instanceof CodedError) throw cause;
    throw new CodedError('malformed-json', {}, { cause });
  }
}

/** `__proto__` as a key would change what an object is when it is spread; nobody has use for it. */
function refusePrototype(this: unknown, key: string, value: unknown): unknown {
  if (key !== '__proto__') return value;
  throw new CodedError('validation-failed', {}, { fields: [{ path: key, message: 'there is no such field' }] });
}

function deepest(raw: string): number {
  let depth = 0;
  let most = 0;
  let inString = false;
  for (let index = 0; index < raw.length; index++) {
    const char = raw[index];
    if (inString) {
      if (char === '\\') index++;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === '{' || char === '[') most = Math.max(most, ++depth);
    else if (char === '}' || char === ']') depth--;
  }
  return most;
}
