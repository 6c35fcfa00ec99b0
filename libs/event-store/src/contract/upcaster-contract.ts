import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { Upcasters } from '../upcasters.js';

/**
 * Every version ever written stays readable. `fixtures` holds one frozen file per type and version, `<Type>.v<n>.json`: data as
 * that release wrote it; all versions of a type tell the same story. A file is never changed once released.
 */
export function upcasterContract(upcasters: Upcasters, fixtures: URL): void {
  const files = readdirSync(fixtures).sort();
  const read = (file: string): unknown => JSON.parse(readFileSync(new URL(file, fixtures), 'utf8'));

  describe('every schema version ever written', () => {
    const versions = Object.keys(upcasters.steps).flatMap((type) =>
      Array.from({ length: upcasters.currentVersion(type) }, (_, index) => ({ type, version: index + 1 })),
    );

    it('has its frozen fixture, and there is no fixture of a version that never was', () => {
      expect(files).toEqual(versions.map(({ type, version }) => `${type}.v${version}.json`).sort());
    });

    it.each(versions)('$type version $version reads in its current shape', ({ type, version }) => {
      const current = read(`${type}.v${upcasters.currentVersion(type)}.json`);
      expect(upcasters.upcast(type, version, read(`${type}.v${version}.json`))).toEqual(current);
    });
  });
}
