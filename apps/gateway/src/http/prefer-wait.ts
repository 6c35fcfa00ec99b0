import { LONGEST_WAIT_S } from '@necrocode/contracts';

/** How long a caller wants to wait for the outcome, and whether it said so in `Prefer` and is to be told. */
export interface Wait {
  readonly ms: number;
  /** The value of `Preference-Applied`; null when the query asked. */
  readonly applied: string | null;
}

/** `?wait=` wins over `Prefer: wait=<seconds>` (RFC 7240). A preference that is not understood is ignored, as the RFC says. */
export function waitFor(queryMs: number | undefined, prefer: string | undefined): Wait | null {
  if (queryMs !== undefined) return { ms: queryMs, applied: null };
  const [, seconds] = /(?:^|[,;])\s*wait\s*=\s*"?(\d{1,6})"?\s*(?:[,;]|$)/i.exec(prefer ?? '') ?? [];
  if (seconds === undefined) return null;
  const granted = Math.min(Number(seconds), LONGEST_WAIT_S);
  return { ms: granted * 1_000, applied: `wait=${granted}` };
}
