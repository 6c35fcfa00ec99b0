import { execFile } from 'node:child_process';
import { appendFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type EmbeddedServer, startPostgres } from '@necrocode/embedded';
import { eventually } from '@necrocode/testing';
import pg from 'pg';

/** Two PostgreSQL servers, the second a synchronous hot standby of the first: what is committed is in both. */
export interface PrimaryAndStandby {
  readonly primary: EmbeddedServer;
  readonly standby: EmbeddedServer;
  /** Makes the standby the one that takes writes. */
  promote(): Promise<void>;
  stop(): Promise<void>;
}

export async function startPrimaryAndStandby(directory: string): Promise<PrimaryAndStandby> {
  const [first, second] = [join(directory, 'primary'), join(directory, 'standby')];
  const primary = await startPostgres({ dataDir: first });
  // A base backup of a server that is down is a copy of its files.
  await primary.stop();
  await promisify(execFile)('cp', ['-a', first, second]);
  await primary.restart();
  const { username, password, port } = new URL(primary.url);
  const cluster = join(second, 'cluster');
  await rm(join(second, 'process.json'), { force: true });
  await writeFile(join(cluster, 'standby.signal'), '');
  await appendFile(
    join(cluster, 'postgresql.auto.conf'),
    `primary_conninfo = 'host=127.0.0.1 port=${port} user=${username} password=${password}'\n`,
  );
  const standby = await startPostgres({ dataDir: second });
  await query(primary, "alter system set synchronous_standby_names = '*'");
  await query(primary, 'select pg_reload_conf()');
  await eventually(async () => {
    const { rows } = await query(primary, 'select sync_state from pg_stat_replication');
    if (rows[0]?.['sync_state'] !== 'sync') throw new Error('the standby does not follow in step');
  });
  return {
    primary,
    standby,
    async promote() {
      await query(standby, 'select pg_promote(true)');
      // It has no standby of its own: a commit there waits for nobody.
      await query(standby, 'alter system reset synchronous_standby_names');
      await query(standby, 'select pg_reload_conf()');
    },
    async stop() {
      await Promise.all([primary.stop(), standby.stop()]);
    },
  };
}

async function query({ url }: EmbeddedServer, sql: string): Promise<pg.QueryResult<Record<string, unknown>>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await client.query(sql);
  } finally {
    await client.end();
  }
}
