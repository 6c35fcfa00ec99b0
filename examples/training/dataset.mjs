import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One point in five is held out: the model never trains on it. */
const HELD_OUT = 5;

/** The two moons as flat arrays: `inputs` holds x, y, x, y, …; `labels` 0 or 1. */
export function loadDataset(path = join(import.meta.dirname, 'data', 'two-moons.csv')) {
  const rows = readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(',').map(Number));
  return {
    training: toArrays(rows.filter((_, index) => index % HELD_OUT !== 0)),
    heldOut: toArrays(rows.filter((_, index) => index % HELD_OUT === 0)),
  };
}

function toArrays(rows) {
  return {
    size: rows.length,
    inputs: Float64Array.from(rows.flatMap(([x, y]) => [x, y])),
    labels: Float64Array.from(rows, ([, , label]) => label),
  };
}
