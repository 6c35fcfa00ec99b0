/** How an endpoint has been doing since it last took something. */
export interface Circuit {
  readonly failures: number;
  readonly failingSince: Date | null;
  /** Nothing is sent before; from then on one message at a time, until one is taken. */
  readonly openUntil: Date | null;
}

export interface CircuitPolicy {
  readonly restFirstMs: number;
  readonly disableAfterMs: number;
}

export const CLOSED: Circuit = { failures: 0, failingSince: null, openUntil: null };

/** Failures in a row that open a circuit. */
const OPENS_AFTER = 5;
const LONGEST_REST_MS = 3_600_000;

export function isOpen({ failures }: Circuit): boolean {
  return failures >= OPENS_AFTER;
}

/** @param random in [0, 1): endpoints that failed together do not come back together */
export function afterFailure(circuit: Circuit, now: Date, { restFirstMs }: CircuitPolicy, random: number): Circuit {
  const failures = circuit.failures + 1;
  const failingSince = circuit.failingSince ?? now;
  if (failures < OPENS_AFTER) return { failures, failingSince, openUntil: null };
  const rest = Math.min(LONGEST_REST_MS, restFirstMs * 2 ** Math.min(failures - OPENS_AFTER, 30));
  return { failures, failingSince, openUntil: new Date(now.getTime() + rest * (0.75 + random / 2)) };
}

/** It has done nothing but fail for so long that somebody must look at it. */
export function isHopeless({ failures, failingSince }: Circuit, now: Date, { disableAfterMs }: CircuitPolicy): boolean {
  return failures >= OPENS_AFTER && failingSince !== null && now.getTime() - failingSince.getTime() >= disableAfterMs;
}
