import type { Moment } from './moments.js';

export interface Playing {
  /** 2 is twice as fast as it happened. */
  readonly speed: number;
  /** Waits; rejects when the playing is ended meanwhile. */
  readonly wait: (ms: number) => Promise<void>;
  readonly show: (moment: Moment) => void;
}

/** Shows each moment when its time has come, counted from the first one, so that waits do not add up to a drift. */
export async function play(
  moments: readonly Moment[],
  { speed, wait, show }: Playing,
  now: () => number = performance.now.bind(performance),
): Promise<void> {
  const start = now();
  for (const moment of moments) {
    const early = moment.afterMs / speed - (now() - start);
    if (early > 0) await wait(early);
    show(moment);
  }
}
