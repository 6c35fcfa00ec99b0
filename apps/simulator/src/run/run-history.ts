import { checkReplay, fingerprintOf, openEnds } from '../oracle/at-the-end.js';
import { Oracle } from '../oracle/oracle.js';
import { Violation } from '../oracle/violation.js';
import { coverHistory } from '../rare-states/cover-history.js';
import { rulesFor } from '../mutants/broken-rules.js';
import type { MutantName } from '../mutants/mutant.js';
import { STORM_MS } from '../scenario/arbitrary.js';
import type { Scenario } from '../scenario/scenario.js';
import { type Told, World } from '../world/world.js';
import { buildSite } from './build-site.js';
import { type Promised, startClients } from './clients.js';
import { healAll, plantFaults, restartQuarantined } from './faults.js';

/** Everything has to have converged so long after the last fault. */
const CALM_MS = 240_000;
const MAX_STEPS = 60_000;

export interface HistoryResult {
  /** null: it holds what it should. */
  readonly failure: string | null;
  readonly told: readonly Told[];
  readonly steps: number;
  readonly events: number;
  readonly reached: ReadonlyMap<string, number>;
  /** The same for the same scenario. */
  readonly fingerprint: string;
}

export interface HistoryOptions {
  readonly mutant?: MutantName | null;
  /** Keep what happened, to be printed. */
  readonly telling?: boolean;
}

/** One history from its beginning to the end: first whatever goes wrong, then the calm in which everything has to come true. */
export async function runHistory(
  scenario: Scenario,
  { mutant = null, telling = false }: HistoryOptions = {},
): Promise<HistoryResult> {
  const world = new World(scenario.seed, rulesFor(mutant), mutant, telling);
  const estate = buildSite(world, scenario);
  const { site } = estate;
  const oracle = new Oracle(site);
  const promised: Promised = {
    submitted: new Set(),
    accepted: new Set(),
    bulks: new Set(),
    untrue: [],
  };
  for (const host of estate.hosts.values()) host.start();
  startClients(site, scenario, estate.programs, promised);
  plantFaults(estate, scenario.faults);

  const goOnUntil = async (ms: number, isDone: () => boolean): Promise<void> => {
    while (world.now < ms && world.steps < MAX_STEPS) {
      if (!(await world.step())) return;
      oracle.look();
      if (oracle.violation) throw oracle.violation;
      const [untrue] = promised.untrue;
      if (untrue !== undefined) throw new Violation('told', untrue);
      if (world.faults.length > 0) throw world.faults[0];
      if (world.steps % 16 === 0 && isDone()) return;
    }
  };

  let failure: string | null = null;
  const lastAt = lastOf(scenario);
  try {
    const isOver = (): boolean => world.now > lastAt && openEnds(estate, oracle, promised).length === 0;
    await goOnUntil(STORM_MS, isOver);
    healAll(estate);
    world.tell('world', 'is calm from here on');
    const end = world.now + CALM_MS;
    let operatorAt = world.now + 2_000;
    const isDone = (): boolean => {
      if (world.now > operatorAt) {
        operatorAt = world.now + 5_000;
        restartQuarantined(estate);
      }
      return openEnds(estate, oracle, promised).length === 0;
    };
    await goOnUntil(end, isDone);
    const open = openEnds(estate, oracle, promised);
    if (open.length > 0) throw new Violation('3', `${open.length} open ends: ${open.slice(0, 4).join('; ')}`);
    await checkReplay(estate, oracle);
  } catch (error) {
    failure =
      error instanceof Violation
        ? error.message
        : `fault: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  }
  coverHistory(estate, world);
  const { told, steps, reached } = world;
  return { failure, told, steps, events: site.access.store.events.length, reached, fingerprint: fingerprintOf(estate) };
}

/** When the last job, wish or timed fault of it comes, ms. */
function lastOf({ jobs, wishes, faults }: Scenario): number {
  return Math.max(
    0,
    ...jobs.map(({ atMs }) => atMs),
    ...wishes.map(({ atMs }) => atMs),
    ...faults.map((each) => ('atMs' in each ? each.atMs : 0)),
  );
}
