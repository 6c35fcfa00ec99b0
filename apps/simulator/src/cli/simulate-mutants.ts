import { CATCHING_SEEDS } from '../mutants/catching-seeds.js';
import { hunt, seedsFrom } from '../mutants/hunt.js';
import { isMutant, MUTANTS } from '../mutants/mutant.js';

/** As many seeds as a mutant may live that the one which caught it before does not catch again. */
const LIFE = 3_000;

/** Hunts every mutant and prints by which history, and how, it was caught. @returns whether all were */
export async function simulateMutants(write: (text: string) => void): Promise<boolean> {
  const names = Object.keys(MUTANTS).filter(isMutant);
  let caught = 0;
  for (const name of names) {
    const found = await hunt(name, [CATCHING_SEEDS[name], ...seedsFrom(1, LIFE)]);
    if (found) caught += 1;
    const by = found ? `seed ${String(found.seed).padStart(4)}  ${found.failure}` : 'NOT CAUGHT';
    write(`${name.padEnd(33)} ${by.slice(0, 130)}\n`);
  }
  write(`${caught} of ${names.length} mutants caught\n`);
  return caught === names.length;
}
