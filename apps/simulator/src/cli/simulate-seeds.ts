import { MUST_REACH, neverReached } from '../rare-states/must-reach.js';
import type { SeedFailure, SeedsResult } from '../run/run-seeds.js';
import { runHistory } from '../run/run-history.js';
import { shrink } from '../scenario/shrink.js';
import { historyText } from './print.js';
import type { Progress } from './progress.js';
import { runWorkers } from './run-workers.js';

const SHOWN_FAILURES = 5;

/** Runs the seeds and says what came of it. @returns whether all is well */
export async function simulateSeeds(
  asked: { readonly from: number; readonly seeds: number; readonly workers: number },
  write: (text: string) => void,
  progress: Progress,
): Promise<boolean> {
  const result = await runWorkers(asked, progress.history);
  progress.end();
  const seconds = progress.seconds();
  const rate = (result.histories / Math.max(seconds, 0.001)).toFixed(0);
  write(
    `${result.histories} histories in ${seconds.toFixed(1)} s (${rate}/s, ${asked.workers} threads): ` +
      `${result.events} events, ${result.steps} steps, each looked at\n`,
  );
  const isCovered = tellCoverage(result, write);
  for (const { seed, failure } of result.failures.slice(0, SHOWN_FAILURES)) write(`BROKEN seed ${seed}: ${failure}\n`);
  const [first] = result.failures;
  if (first) await tellShrunk(first, write);
  write(
    result.failures.length === 0
      ? 'no invariant was broken\n'
      : `${result.failures.length} histories broke an invariant\n`,
  );
  return result.failures.length === 0 && isCovered;
}

function tellCoverage({ reached, histories }: SeedsResult, write: (text: string) => void): boolean {
  const counts = Object.keys(MUST_REACH).map((name) => `${name} ${reached.get(name) ?? 0}`);
  write(`reached: ${counts.join(' · ')}\n`);
  const missing = neverReached(reached, histories);
  if (missing.length > 0) write(`never reached: ${missing.join(', ')}\n`);
  return missing.length === 0;
}

async function tellShrunk({ seed }: SeedFailure, write: (text: string) => void): Promise<void> {
  write(`shrinking seed ${seed} …\n`);
  const shrunk = await shrink(seed);
  if (!shrunk) return write('it does not fail again: not deterministic\n');
  const result = await runHistory(shrunk.scenario, { telling: true });
  write(
    `${historyText(shrunk.scenario, result)}\n\nshrunk ${shrunk.shrinks} times; to keep it, put the scenario into a file of its own in apps/simulator/src/regressions\n`,
  );
}
