import { setTimeout as delay } from 'node:timers/promises';
import type { LocalSystem } from '@necrocode/local-system';
import { kill, processesIn, untilAllReady } from '../faults/victims.js';
import type { Random } from './random.js';

const SHORTEST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8_000;

/** Kills one process after another at any moment, also while others are still coming up, until it is to end. */
export async function killUntil(
  system: LocalSystem,
  random: Random,
  deadline: number,
  onKill: (victim: string) => void,
  isInterrupted: () => boolean,
): Promise<ReadonlyMap<string, number>> {
  const kills = new Map<string, number>();
  for (;;) {
    await delay(SHORTEST_PAUSE_MS + random.below(LONGEST_PAUSE_MS - SHORTEST_PAUSE_MS));
    if (performance.now() >= deadline || isInterrupted()) break;
    const [first = 'gateway', ...others] = processesIn(system);
    const victim = random.pick([first, ...others]);
    onKill(victim);
    await kill(system, victim);
    kills.set(victim, (kills.get(victim) ?? 0) + 1);
  }
  await untilAllReady(system);
  return kills;
}
