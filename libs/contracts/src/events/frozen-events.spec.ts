import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { eventRegistry } from './registry.js';

/** One file per type and version, `<Type>.v<n>.json`: data as that release wrote it. A file is never changed once released. */
const FROZEN = new URL('../../fixtures/events/', import.meta.url);
const read = (file: string): unknown => JSON.parse(readFileSync(new URL(file, FROZEN), 'utf8'));

describe('the frozen events', () => {
  it('are there for every version of every type, and for no version that never was', () => {
    const written = eventRegistry.flatMap(({ type, schemaVersion }) =>
      Array.from({ length: schemaVersion }, (_, index) => `${type}.v${index + 1}.json`),
    );
    expect(readdirSync(FROZEN).sort()).toEqual(written.sort());
  });

  it.each(eventRegistry.map((definition) => [definition.type, definition] as const))(
    '%s is read whole: a field that is renamed, dropped or newly demanded needs a new version',
    (type, { schemaVersion, data }) => {
      const frozen = read(`${type}.v${schemaVersion}.json`);
      expect(data.parse(frozen)).toEqual(frozen);
    },
  );
});
