import { createHash } from 'node:crypto';
import type { BulkRequest, BulkSelection, Timestamp } from '@necrocode/domain';
import { canonicalJson } from '@necrocode/event-store';

/** What a dry run showed, in short: ids by the thousand do not fit a token, so what changed is told in numbers. */
interface TokenPart {
  readonly asked: string;
  readonly digest: string;
  readonly waiting: number;
  readonly started: number;
  readonly snapshotAt: Timestamp;
}

export function planTokenOf(request: BulkRequest, { waiting, started, snapshotAt, digest }: BulkSelection): string {
  const part: TokenPart = {
    asked: askedOf(request),
    digest,
    waiting: waiting.length,
    started: started.length,
    snapshotAt,
  };
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

/** The snapshot a token was made at; null when no dry run of ours made it. */
export function snapshotOf(token: string): Timestamp | null {
  return read(token)?.snapshotAt ?? null;
}

/**
 * What differs from the plan of the token, in words; null when nothing does.
 * @param still of the plan's snapshot, what fits now
 */
export function planChanges(
  token: string,
  request: BulkRequest,
  now: BulkSelection,
  still: BulkSelection,
): string | null {
  const planned = read(token);
  if (!planned) return 'the token is not one of a dry run of a bulk';
  if (planned.asked !== askedOf(request)) return 'the target or the options are not those of the dry run';
  if (planned.digest === now.digest) return null;
  const count = ({ waiting, started }: BulkSelection): number => waiting.length + started.length;
  const [before, after] = [planned.waiting + planned.started, count(now)];
  return (
    `planned were ${before} jobs (${planned.waiting} waiting), now it is ${after} (${now.waiting.length} waiting): ` +
    `${after - count(still)} submitted since, ${before - count(still)} of the planned gone`
  );
}

function read(token: string): TokenPart | null {
  try {
    const part: unknown = JSON.parse(Buffer.from(token, 'base64url').toString());
    return isTokenPart(part) ? part : null;
  } catch {
    return null;
  }
}

function isTokenPart(part: unknown): part is TokenPart {
  if (typeof part !== 'object' || part === null) return false;
  const texts = ['asked', 'digest'] as const;
  const has = new Map(Object.entries(part));
  return (
    texts.every((name) => typeof has.get(name) === 'string') &&
    ['waiting', 'started'].every((name) => Number.isInteger(has.get(name))) &&
    !Number.isNaN(Date.parse(String(has.get('snapshotAt'))))
  );
}

/** What would be done, beside to whom: who asks and why makes no difference to it. */
function askedOf({ target, options }: BulkRequest): string {
  return createHash('sha256').update(canonicalJson({ target, options })).digest('base64url');
}
