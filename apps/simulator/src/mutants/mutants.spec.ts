import { describe, expect, it } from '@jest/globals';
import { CATCHING_SEEDS } from './catching-seeds.js';
import { hunt, seedsFrom } from './hunt.js';
import { isMutant, MUTANTS } from './mutant.js';

const mutants = Object.entries(MUTANTS).flatMap(([name, what]) => (isMutant(name) ? [{ name, what }] : []));

describe('the oracle', () => {
  it.each(mutants)(
    'notices when $what ($name)',
    async ({ name }) => {
      // A change of the product shifts what a seed leads to: then a few others are tried.
      const caught = await hunt(name, [CATCHING_SEEDS[name], ...seedsFrom(1, 60)]);
      expect(caught).not.toBeNull();
    },
    120_000,
  );
});
