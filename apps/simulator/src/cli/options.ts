import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';

export type SimulateOptions =
  | { readonly mode: 'seeds'; readonly from: number; readonly seeds: number; readonly workers: number }
  | { readonly mode: 'print'; readonly seed: number }
  | { readonly mode: 'mutants' | 'help' };

export const USAGE = `npm run simulate -- --seeds N [--from S] [--workers W]   N histories, from seed S (default 1)
npm run simulate -- --seed S --print                     one history, line by line
npm run simulate -- --mutants                            the oracle against every mutant
Exit codes: 0 all is well · 1 an invariant was broken, a rare state never reached or a mutant not caught · 2 usage`;

/** @throws {TypeError} when the arguments make no sense */
export function optionsOf(args: readonly string[]): SimulateOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seeds: { type: 'string' },
      from: { type: 'string', default: '1' },
      seed: { type: 'string' },
      print: { type: 'boolean', default: false },
      mutants: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
      workers: { type: 'string', default: String(availableParallelism()) },
    },
  });
  if (values.help) return { mode: 'help' };
  if (values.mutants) return { mode: 'mutants' };
  if (values.seed !== undefined) return { mode: 'print', seed: natural('seed', values.seed) };
  const seeds = natural('seeds', values.seeds ?? '1000');
  return {
    mode: 'seeds',
    from: natural('from', values.from),
    seeds,
    workers: Math.max(1, natural('workers', values.workers)),
  };
}

function natural(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new TypeError(`--${name} must be a whole number, not "${text}"`);
  return value;
}
