import { historyText } from './cli/print.js';
import { optionsOf, type SimulateOptions, USAGE } from './cli/options.js';
import { progressOn } from './cli/progress.js';
import { simulateSeeds } from './cli/simulate-seeds.js';
import { simulateMutants } from './cli/simulate-mutants.js';
import { runHistory } from './run/run-history.js';
import { scenarioOf } from './scenario/arbitrary.js';

const write = (text: string): void => void process.stdout.write(text);

async function simulate(options: SimulateOptions): Promise<boolean> {
  switch (options.mode) {
    case 'help':
      write(`${USAGE}\n`);
      return true;
    case 'mutants':
      return simulateMutants(write);
    case 'print': {
      const scenario = scenarioOf(options.seed);
      const result = await runHistory(scenario, { telling: true });
      write(`${historyText(scenario, result)}\n`);
      return result.failure === null;
    }
    case 'seeds':
      return simulateSeeds(options, write, progressOn(process.stderr, options.seeds));
    default:
      return options satisfies never;
  }
}

// Whoever reads has seen enough: `| head`.
process.stdout.on('error', () => process.exit());

try {
  process.exitCode = (await simulate(optionsOf(process.argv.slice(2)))) ? 0 : 1;
} catch (error) {
  if (!(error instanceof TypeError)) throw error;
  process.stderr.write(`${error.message}\n${USAGE}\n`);
  process.exitCode = 2;
}
