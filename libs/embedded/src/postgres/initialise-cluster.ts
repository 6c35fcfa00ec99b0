import { chown, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { EmbeddedError } from '../embedded-error.js';
import { errnoOf } from '../files/errno.js';
import { readIfPresent } from '../files/private-files.js';
import { failureOutput } from '../process/failure-output.js';
import { runLaunched, type Launch } from './choose-launch.js';
import type { PostgresBinaries } from './find-postgres.js';
import type { ServerAccount } from './server-account.js';

export const MAJOR_VERSION = '18';

interface ClusterRequest {
  readonly cluster: string;
  readonly binaries: PostgresBinaries;
  readonly launch: Launch;
  readonly account: ServerAccount | undefined;
  readonly user: string;
  readonly password: string;
}

/**
 * Makes the data directory unless it is there. It appears under its name only when complete, so a crash half-way leaves
 * nothing that looks like data.
 *
 * @throws EmbeddedError `data-of-another-version`, `unreadable-data`, `start-failed`
 */
export async function initialiseCluster(request: ClusterRequest): Promise<void> {
  if (await exists(request.cluster)) return requireOurVersion(request.cluster);
  const partial = `${request.cluster}.partial`;
  const passwordFile = join(dirname(request.cluster), `initial-password.${process.pid}`);
  await rm(partial, { recursive: true, force: true });
  try {
    await mkdir(partial, { mode: 0o700 });
    await writeFile(passwordFile, `${request.password}\n`, { mode: 0o600 });
    if (request.account) {
      await chown(partial, request.account.uid, request.account.gid);
      await chown(passwordFile, request.account.uid, request.account.gid);
    }
    await runLaunched(request.launch, [
      request.binaries.initdb,
      `--pgdata=${partial}`,
      `--username=${request.user}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      // PostgreSQL's own locale: a bare system has none, and sorting must not change with the host's C library.
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
    ]);
    await rename(partial, request.cluster);
  } catch (cause) {
    await rm(partial, { recursive: true, force: true });
    throw new EmbeddedError(
      'start-failed',
      `PostgreSQL's data directory could not be made: ${reasonOf(cause)}`,
      'Make room or name another data directory.',
      { cause },
    );
  } finally {
    await rm(passwordFile, { force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false;
    throw error;
  }
}

async function requireOurVersion(cluster: string): Promise<void> {
  const version = await readIfPresent(join(cluster, 'PG_VERSION')).catch((cause: unknown) => {
    throw new EmbeddedError(
      'unreadable-data',
      `The PostgreSQL data in ${cluster} belongs to another user (${errnoOf(cause) ?? 'unknown reason'}).`,
      'Start Necrocode as the user who made it, or name another data directory.',
      { cause },
    );
  });
  if (version?.trim() === MAJOR_VERSION) return;
  throw new EmbeddedError(
    'data-of-another-version',
    `${cluster} holds ${version ? `data of PostgreSQL ${version.trim()}` : 'no PostgreSQL data'}; this is PostgreSQL ${MAJOR_VERSION}.`,
    'Name another data directory, or dump the data with its own PostgreSQL and restore it here.',
  );
}

function reasonOf(error: unknown): string {
  const lines = failureOutput(error);
  return lines.findLast((line) => line.includes('error')) ?? lines.join(' ');
}
