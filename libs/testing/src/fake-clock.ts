/** A clock that moves only when told. */
export interface FakeClock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
  /** Settles when the clock has been moved this far on. */
  sleep(ms: number): Promise<void>;
  /** Moves on by `ms`, waking sleepers in the order of their times, each seeing its own time as now. */
  advance(ms: number): Promise<void>;
}

interface Sleeper {
  readonly wakeAt: number;
  readonly wake: () => void;
}

export function fakeClock(startsAt = Date.UTC(2026, 0, 1)): FakeClock {
  let now = startsAt;
  const sleepers = new Set<Sleeper>();

  const nextUntil = (end: number): Sleeper | undefined =>
    [...sleepers].filter(({ wakeAt }) => wakeAt <= end).sort((a, b) => a.wakeAt - b.wakeAt)[0];

  return {
    now: () => now,
    sleep: (ms) => new Promise((wake) => void sleepers.add({ wakeAt: now + ms, wake })),
    advance: async (ms) => {
      const end = now + ms;
      for (let next = nextUntil(end); next; next = nextUntil(end)) {
        sleepers.delete(next);
        now = Math.max(now, next.wakeAt);
        next.wake();
        // What a sleeper does next, such as sleeping again, comes before the clock moves on.
        await new Promise((settled) => setImmediate(settled));
      }
      now = end;
    },
  };
}
