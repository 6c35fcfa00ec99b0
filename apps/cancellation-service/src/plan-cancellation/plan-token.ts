import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { PlanItem } from '@necrocode/domain';
import { CodedError } from '@necrocode/service-kit';

/** Longest plan a token may unfold to, bytes: a bound against a crafted one. */
const LONGEST_PLAN = 1_000_000;

/** The token is the plan itself, in short: so a conflict can name what has changed without anything being stored. */
export function planTokenOf(items: readonly PlanItem[]): string {
  const pairs = items.map(({ subject, fate }) => [subject, fate]);
  return deflateRawSync(JSON.stringify(pairs)).toString('base64url');
}

/** @throws {CodedError} `validation-failed` when it is no token of ours */
export function itemsOf(planToken: string): readonly PlanItem[] {
  const pairs = parsed(planToken);
  if (!Array.isArray(pairs) || !pairs.every(isPair)) throw noToken();
  return pairs.map(([subject, fate]) => ({ subject, fate }));
}

function parsed(planToken: string): unknown {
  try {
    const json = inflateRawSync(Buffer.from(planToken, 'base64url'), { maxOutputLength: LONGEST_PLAN });
    return JSON.parse(json.toString('utf8'));
  } catch {
    throw noToken();
  }
}

function isPair(value: unknown): value is [string, string] {
  return Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === 'string');
}

function noToken(): CodedError {
  return new CodedError(
    'validation-failed',
    {},
    { fields: [{ path: 'planToken', message: 'must be a planToken as a dry run gave it' }] },
  );
}
