import { parseArgs } from 'node:util';
import { openFaultySystem } from '../faults/open-faulty-system.js';
import { runSoak } from './run-soak.js';
import { showSoak } from './show-soak.js';

const USAGE = 'npm run soak [-- --minutes <M>] [--seed <S>]';
const say = (text: string): void => void process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`);

function options(): { readonly minutes: number; readonly seed: number } {
  try {
    const { values } = parseArgs({ options: { minutes: { type: 'string' }, seed: { type: 'string' } } });
    const minutes = Number(values.minutes ?? 5);
    const seed = Number(values.seed ?? Date.now() % 1_000_000);
    if (!(minutes > 0) || !Number.isSafeInteger(seed)) throw new RangeError('--minutes and --seed are numbers');
    return { minutes, seed };
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}\n`);
    process.exit(2);
  }
}

async function main(): Promise<number> {
  const { minutes, seed } = options();
  let interrupted = false;
  process.on('SIGINT', () => {
    interrupted = true;
    say('finishing what has begun');
  });
  say(`starting the system; seed ${seed}`);
  const worker = new URL('../../../../examples/functions/handlers.mjs', import.meta.url).pathname;
  const faulty = await openFaultySystem({ workers: [worker] });
  try {
    const report = await runSoak(faulty, { minutes, seed, say, isInterrupted: () => interrupted });
    process.stdout.write(`${showSoak(report)}\n`);
    if (interrupted) return 130;
    return [...report.faults.values()].every((faults) => faults.length === 0) ? 0 : 1;
  } finally {
    await faulty.end();
  }
}

process.exit(await main());
