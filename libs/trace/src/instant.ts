import type { Timestamp } from '@necrocode/domain';

/**
 * Nanoseconds since 1970. Processes tell milliseconds, the store's clock microseconds and no zeros at the end, so times are
 * neither compared as texts nor cut to what a Date holds.
 */
export function instantOf(time: Timestamp): bigint {
  const [, whole = time, fraction = ''] = /^(.*?)(?:\.(\d+))?Z$/.exec(time) ?? [];
  const seconds = Date.parse(`${whole}Z`) / 1_000;
  return BigInt(seconds) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0').slice(0, 9));
}

export function isLater(one: Timestamp, other: Timestamp): boolean {
  return instantOf(one) > instantOf(other);
}
