import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { runHistory } from '../run/run-history.js';
import type { Scenario } from '../scenario/scenario.js';

/** One file a history that once broke something: what it found, and the shrunk scenario. */
interface Regression {
  readonly found: string;
  readonly scenario: Scenario;
}

const here = new URL('.', import.meta.url);
const files = readdirSync(here).filter((name) => name.endsWith('.json'));

describe('a history that once broke something', () => {
  it.each(files)('holds now: %s', async (file) => {
    const { found, scenario } = JSON.parse(readFileSync(new URL(file, here), 'utf8')) as Regression;
    const { failure } = await runHistory(scenario);
    expect({ found, failure }).toEqual({ found, failure: null });
  });
});
