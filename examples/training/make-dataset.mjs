// Draws two interleaving half circles with noise and writes them to data/two-moons.csv: x,y,label per line.
// The same seed always gives the same file, so the committed data can be made again: node make-dataset.mjs
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const POINTS = 8_000;
const NOISE = 0.18;
const SEED = 20_261_122;

/** mulberry32: small, seeded, good enough to scatter points. */
function generator(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const random = generator(SEED);
/** Box–Muller. */
const gaussian = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

const rows = Array.from({ length: POINTS }, () => {
  const angle = Math.PI * random();
  const label = random() < 0.5 ? 0 : 1;
  const x = label === 0 ? Math.cos(angle) : 1 - Math.cos(angle);
  const y = label === 0 ? Math.sin(angle) : 0.5 - Math.sin(angle);
  return `${(x + NOISE * gaussian()).toFixed(4)},${(y + NOISE * gaussian()).toFixed(4)},${label}`;
});

writeFileSync(join(import.meta.dirname, 'data', 'two-moons.csv'), `x,y,label\n${rows.join('\n')}\n`);
