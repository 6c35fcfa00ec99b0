import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { eventRegistry } from './registry.js';
import { upcastSteps } from './upcast-steps.js';

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

  it('of earlier versions are upcast to what is read now', () => {
    for (const { type, schemaVersion, data } of eventRegistry)
      for (let version = 1; version < schemaVersion; version += 1) {
        const steps = (upcastSteps[type] ?? []).slice(version - 1);
        const current = steps.reduce((older, step) => step(older), read(`${type}.v${version}.json`));
        expect(data.parse(current)).toEqual(current);
      }
  });
});
