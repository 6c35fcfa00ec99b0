import { setTimeout as delay } from 'node:timers/promises';
import type { FaultySystem } from '../faults/open-faulty-system.js';
import { untilAllReady } from '../faults/victims.js';
import { consumerLag } from './consumer-lag.js';
import { killUntil } from './killer.js';
import { Load } from './load.js';
import { PatientUser } from './patient-user.js';
import { randomFrom } from './random.js';
import { growth, type Usage, usageOf } from './resources.js';
import type { SoakReport } from './show-soak.js';

export interface Soak {
  readonly minutes: number;
  readonly seed: number;
  readonly say: (text: string) => void;
  readonly isInterrupted: () => boolean;
}

/** Rounds of load without kills, each followed by a look at the idle system: a process that is killed shows no leak. */
const CALM_ROUNDS = 6;
/** Of the whole time; the rest has kills. */
const CALM_SHARE = 0.4;
/** What timers, pools and collectors get to come to rest, ms. */
const REST_MS = 3_000;

/** First load with kills at random moments, then the same load in peace; at the end every invariant. */
export async function runSoak(faulty: FaultySystem, { minutes, seed, say, isInterrupted }: Soak): Promise<SoakReport> {
  const { system, client, audit } = faulty;
  const random = randomFrom(seed);
  const user = new PatientUser(client);
  const load = new Load(user, random);
  const wholeMs = minutes * 60_000;

  const stormEnd = performance.now() + wholeMs * (1 - CALM_SHARE);
  say(`${(minutes * (1 - CALM_SHARE)).toFixed(1)} min with kills`);
  const [kills] = await Promise.all([
    killUntil(system, randomFrom(seed + 1), stormEnd, (victim) => say(`kill -9 ${victim}`), isInterrupted),
    load.runUntil(stormEnd, isInterrupted),
  ]);
  await untilAllReady(system);

  const looks: ReadonlyMap<string, Usage>[] = [];
  for (let round = 1; round <= CALM_ROUNDS && !isInterrupted(); round += 1) {
    say(`calm round ${round} of ${CALM_ROUNDS}`);
    await load.runUntil(performance.now() + (wholeMs * CALM_SHARE) / CALM_ROUNDS, isInterrupted);
    await delay(REST_MS);
    looks.push(usageOf(system));
  }

  say('checking');
  const { jobIds } = user;
  const faults = new Map<string, readonly string[]>([
    ['every story came to its end', load.failures],
    ['the invariants hold', await audit.faults(jobIds)],
    ['the whole history verifies', await audit.verifyAll()],
    ['memory and open files are flat', growth(looks)],
    ['no consumer lags, nothing was given up', await consumerLag(system.natsUrl)],
  ]);
  return { seed, minutes, told: load.told, kills, jobs: jobIds.length, events: audit.events, looks, faults };
}
