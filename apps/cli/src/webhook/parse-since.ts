import type { ReplayWebhookInput } from '@necrocode/contracts';
import { parseDuration } from '../terminal/duration.js';

/** `1024` is a position, `2026-11-22T10:00:00Z` a time, `2h` two hours before `now`; null for anything else. */
export function parseSince(text: string, now: number): ReplayWebhookInput['since'] | null {
  if (/^[1-9]\d{0,17}$/.test(text)) return { position: text };
  if (/^\d{4}-\d\d-\d\dT/.test(text) && !Number.isNaN(Date.parse(text))) return { time: new Date(text).toISOString() };
  try {
    return { time: new Date(now - parseDuration(text)).toISOString() };
  } catch {
    return null;
  }
}
