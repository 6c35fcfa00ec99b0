import { parseArgs } from 'node:util';
import colours from 'picocolors';
import { openFaultySystem } from '../faults/open-faulty-system.js';
import { chooseCells } from './choose-cells.js';
import { type Cell, type CellResult, runCell } from './run-cell.js';
import { showMatrix, summarise } from './show-matrix.js';
import { runnerStaysAway } from './stay-away.js';

const USAGE = 'npm run crash-matrix [-- --only <process>] [--step <step>]';
const say = (text: string): void => void process.stderr.write(`${text}\n`);

function chosenCells(): readonly Cell[] {
  try {
    const { values } = parseArgs({ options: { only: { type: 'string' }, step: { type: 'string' } } });
    return chooseCells(values);
  } catch (error) {
    say(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
    process.exit(2);
  }
}

function describe({ cell: { victim, when, moment }, recoveredAfterMs, faults }: CellResult): string {
  const what = `${victim} killed ${when} ${moment.step}/${moment.what}`;
  if (faults.length === 0) return `${colours.green('ok')}  ${what}: completed after ${recoveredAfterMs ?? '–'} ms`;
  return `${colours.red('✗')}   ${what}\n${faults.map((fault) => `      ${fault}`).join('\n')}`;
}

/** Results so far go out also when it is interrupted: the cell that runs is finished first. */
async function main(): Promise<number> {
  const cells = chosenCells();
  let interrupted = false;
  process.on('SIGINT', () => {
    interrupted = true;
    say('finishing this cell');
  });
  say(`starting the system; ${cells.length} cells`);
  const faulty = await openFaultySystem();
  try {
    const results: CellResult[] = [];
    for (const [index, cell] of cells.entries()) {
      if (interrupted) break;
      const result = await runCell(faulty, cell);
      results.push(result);
      say(`${String(index + 1).padStart(3)}/${cells.length} ${describe(result)}`);
    }
    const away = await runnerStaysAway(faulty);
    const history = await faulty.audit.verifyAll();
    const table = `${showMatrix(results)}\n\n${summarise(results)}`;
    const runner = `a runner that stays away: unconfirmed after ${away.unconfirmedAfterMs ?? '–'} ms, completed ${away.completedAfterMs ?? '–'} ms after its return`;
    process.stdout.write(
      `${table}\n${runner}\nthe whole history: ${history.length === 0 ? 'verified' : history.join('; ')}\n`,
    );
    for (const fault of away.faults) say(`${colours.red('✗')}   a runner that stays away: ${fault}`);
    const whole = results.every(({ faults }) => faults.length === 0) && away.faults.length + history.length === 0;
    return interrupted ? 130 : whole ? 0 : 1;
  } finally {
    await faulty.end();
  }
}

process.exit(await main());
