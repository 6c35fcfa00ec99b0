import type { ProjectionDifference, ProjectionVerification } from '@necrocode/contracts';
import type { EventStore } from '@necrocode/event-store';
import { CodedError } from '@necrocode/service-kit';
import type { DataSource, EntityManager } from 'typeorm';
import { BATCH, READ_MODEL } from '../read-model/projection.js';
import { projectEvents } from '../read-model/project-events.js';
import { TABLE_NAMES, type TableName, TABLES } from '../read-model/row-store.js';
import { PROJECTION_VERSION } from '../read-model/schema.js';
import { differencesOf } from './differences.js';

/** Differences listed at most. */
const MOST = 100;
/** Characters of a value that are shown. */
const SHOWN = 200;

/**
 * Folds the store anew and compares every row of the read model with what it gives. One transaction that sees one moment: the rows as
 * they are at its beginning, and the events up to their checkpoint in temporary tables. Nobody is held up but a switch of a rebuild, which
 * tries again; nothing is left behind, however it ends.
 * @param signal ends it early, with the signal's reason
 * @throws {CodedError} `read-model-foreign` when the rows are of another release
 */
export async function* verifyReadModel(
  database: DataSource,
  store: EventStore,
  signal?: AbortSignal,
): AsyncGenerator<ProjectionVerification, void, undefined> {
  const runner = database.createQueryRunner();
  try {
    await runner.startTransaction('REPEATABLE READ');
    const tx = runner.manager;
    // Before the first look, which fixes the moment: no rebuild may exchange the tables behind it.
    await tx.query(`lock table ${TABLE_NAMES.map((table) => `gateway.${table}`).join(', ')} in access share mode`);
    const position = await positionOf(tx);
    for (const table of TABLE_NAMES) {
      await tx.query(`create temporary table ${table} (like gateway.${table} including all) on commit drop`);
    }
    yield* projectAll(tx, store, position, signal);
    yield await compare(tx, position);
  } finally {
    await runner.rollbackTransaction().catch(() => undefined);
    await runner.release();
  }
}

async function positionOf(tx: EntityManager): Promise<bigint> {
  const [row] = await tx.query<{ version: number; position: string }[]>(
    'select version, position from gateway.projection where name = $1',
    [READ_MODEL],
  );
  const live = row?.version ?? 0;
  if (live !== PROJECTION_VERSION) throw new CodedError('read-model-foreign', { live, own: PROJECTION_VERSION });
  return BigInt(row?.position ?? 0);
}

async function* projectAll(
  tx: EntityManager,
  store: EventStore,
  upTo: bigint,
  signal: AbortSignal | undefined,
): AsyncGenerator<ProjectionVerification, void, undefined> {
  let position = 0n;
  while (position < upTo) {
    signal?.throwIfAborted();
    const read = await store.readAll(position, BATCH);
    const events = read.filter((event) => event.position <= upTo);
    const last = events.at(-1);
    // Rows ahead of their store: it was set back. The comparison then names what is too much.
    if (!last) return;
    await projectEvents(tx, 'pg_temp', events);
    position = last.position;
    yield { kind: 'progress', events: Number(position), of: Number(upTo) };
  }
}

async function compare(tx: EntityManager, position: bigint): Promise<ProjectionVerification> {
  const rows: Record<string, number> = {};
  const differences: ProjectionDifference[] = [];
  for (const table of TABLE_NAMES) {
    const [counted] = await tx.query<{ count: string }[]>(`select count(*) from pg_temp.${table}`);
    rows[table] = Number(counted?.count ?? 0);
    differences.push(...(await compareTable(tx, table)));
  }
  return {
    kind: 'result',
    name: READ_MODEL,
    position: position.toString(),
    rows,
    differences: differences.slice(0, MOST),
    more: differences.length > MOST,
  };
}

/** PostgreSQL finds the rows whose text differs; which fields do, and whether it is more than the order of keys, is told here. */
async function compareTable(tx: EntityManager, table: TableName): Promise<readonly ProjectionDifference[]> {
  const key = TABLES[table];
  const found = await tx.query<{ id: string; live: string | null; rebuilt: string | null }[]>(
    `select ${key}::text as id, row_to_json(live)::text as live, row_to_json(rebuilt)::text as rebuilt
     from gateway.${table} live full join pg_temp.${table} rebuilt using (${key})
     where live::text is distinct from rebuilt::text order by 1 limit ${MOST + 1}`,
  );
  return found.flatMap(({ id, live, rebuilt }) =>
    differencesOf(parse(live), parse(rebuilt)).map(({ field, ...values }) => ({
      table,
      id,
      field,
      live: shown(values.live),
      rebuilt: shown(values.rebuilt),
    })),
  );
}

function parse(row: string | null): unknown {
  return row === null ? null : JSON.parse(row);
}

function shown(value: unknown): string | null {
  return value === undefined || value === null ? null : JSON.stringify(value).slice(0, SHOWN);
}
