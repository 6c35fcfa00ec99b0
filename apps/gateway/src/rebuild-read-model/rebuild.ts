import type { EventStore } from '@necrocode/event-store';
import { CodedError } from '@necrocode/service-kit';
import { type DataSource, type EntityManager, QueryFailedError } from 'typeorm';
import { BATCH, READ_MODEL } from '../read-model/projection.js';
import { projectEvents } from '../read-model/project-events.js';
import { TABLE_NAMES } from '../read-model/row-store.js';
import { PROJECTION_VERSION } from '../read-model/schema.js';

const NEXT = 'read-model-next';
/** So long the switch waits for readers, and readers for the switch; then it lets them by and tries again. */
const PATIENCE_MS = 200;

interface Checkpoint {
  readonly version: number;
  readonly build: number;
  readonly position: bigint;
}

/** What one step of a rebuild did. */
export type RebuildStep =
  /** No rebuild was asked for. */
  | { readonly kind: 'none' }
  | { readonly kind: 'built' }
  /** Readers were in the way of the switch. */
  | { readonly kind: 'waiting' }
  | { readonly kind: 'switched'; readonly build: number };

/**
 * Builds the read model beside the live one, in schema `gateway_rebuild`, and puts it in the live one's place (docs/adr/0136).
 * Everything it knows is in the database, each step is one transaction: whoever takes the next step after a crash, in this process
 * or in another replica, goes on where the last one ended. Two at once take turns at the checkpoint.
 */
export class Rebuild {
  constructor(
    private readonly database: DataSource,
    private readonly store: EventStore,
    private readonly version: number = PROJECTION_VERSION,
    private readonly batch: number = BATCH,
  ) {}

  /**
   * Asks for a rebuild; joins one of this release that is under way.
   * @returns the build that the read model will have
   * @throws {CodedError} `read-model-foreign` when a newer release has built it
   */
  request(): Promise<number> {
    return this.database.transaction(async (tx) => {
      const live = await lock(tx, READ_MODEL);
      if (!live) throw new Error(`gateway.projection has no row ${READ_MODEL}`);
      if (live.version > this.version) {
        throw new CodedError('read-model-foreign', { live: live.version, own: this.version });
      }
      const next = await lock(tx, NEXT);
      if (next?.version === this.version) return next.build;
      const build = live.build + 1;
      await createTables(tx);
      await tx.query(
        `insert into gateway.projection (name, version, position, build) values ($1, $2, 0, $3)
         on conflict (name) do update set version = excluded.version, position = 0, build = excluded.build`,
        [NEXT, this.version, build],
      );
      return build;
    });
  }

  /** The next step of a rebuild that was asked for, or that this release needs because the rows are of an older one. */
  async advance(): Promise<RebuildStep> {
    const [live, next] = [await this.#read(READ_MODEL), await this.#read(NEXT)];
    if (next?.version !== this.version) {
      if (!live || live.version >= this.version) return { kind: 'none' };
      await this.request();
      return { kind: 'built' };
    }
    const events = await this.store.readAll(next.position, this.batch);
    if (events.length < this.batch) return this.#switch();
    await this.database.transaction(async (tx) => {
      const now = await lock(tx, NEXT);
      // Another replica was faster.
      if (now?.version !== this.version || now.position !== next.position) return;
      await projectEvents(tx, 'gateway_rebuild', events);
      await moveTo(tx, NEXT, events.at(-1)?.position ?? next.position);
    });
    return { kind: 'built' };
  }

  /**
   * One transaction: holds the live projection, catches up with it and beyond, and exchanges the tables. Readers that come
   * meanwhile wait for at most the patience and then find the new ones under the same names.
   */
  async #switch(): Promise<RebuildStep> {
    // A new table has no statistics; without them the first readers would get poor plans.
    for (const table of TABLE_NAMES) await this.database.query(`analyze gateway_rebuild.${table}`);
    try {
      return await this.database.transaction(async (tx) => {
        await tx.query(`set local lock_timeout = ${PATIENCE_MS}`);
        const live = await lock(tx, READ_MODEL);
        const next = await lock(tx, NEXT);
        if (!live || next?.version !== this.version) return { kind: 'none' };
        const position = await this.#catchUp(tx, next.position);
        await exchangeTables(tx);
        await tx.query('delete from gateway.projection where name = $1', [NEXT]);
        await tx.query(
          'update gateway.projection set version = $2, build = $3, position = $4, since = now() where name = $1',
          [READ_MODEL, this.version, next.build, position.toString()],
        );
        return { kind: 'switched', build: next.build };
      });
    } catch (error) {
      // undefined_table: another replica switched between our looks.
      if (sqlState(error) === '55P03' || sqlState(error) === '42P01') return { kind: 'waiting' };
      throw error;
    }
  }

  async #catchUp(tx: EntityManager, from: bigint): Promise<bigint> {
    let position = from;
    for (;;) {
      const events = await this.store.readAll(position, this.batch);
      const last = events.at(-1);
      if (!last) return position;
      await projectEvents(tx, 'gateway_rebuild', events);
      position = last.position;
    }
  }

  async #read(name: string): Promise<Checkpoint | null> {
    return checkpointOf(await this.database.query(`${SELECT} where name = $1`, [name]));
  }
}

const SELECT = 'select version, build, position from gateway.projection';

async function lock(tx: EntityManager, name: string): Promise<Checkpoint | null> {
  return checkpointOf(await tx.query(`${SELECT} where name = $1 for update`, [name]));
}

function checkpointOf(
  rows: readonly { readonly version: number; readonly build: number; readonly position: string }[],
): Checkpoint | null {
  const [row] = rows;
  return row ? { ...row, position: BigInt(row.position) } : null;
}

async function moveTo(tx: EntityManager, name: string, position: bigint): Promise<void> {
  await tx.query('update gateway.projection set position = $2 where name = $1', [name, position.toString()]);
}

/** Empty copies with every index and constraint, so that what takes their place is the same but for its rows. */
async function createTables(tx: EntityManager): Promise<void> {
  await tx.query('drop schema if exists gateway_rebuild cascade');
  await tx.query('create schema gateway_rebuild');
  for (const table of TABLE_NAMES) {
    await tx.query(`create table gateway_rebuild.${table} (like gateway.${table} including all)`);
  }
}

async function exchangeTables(tx: EntityManager): Promise<void> {
  await tx.query(`drop table ${TABLE_NAMES.map((table) => `gateway.${table}`).join(', ')}`);
  for (const table of TABLE_NAMES) await tx.query(`alter table gateway_rebuild.${table} set schema gateway`);
  await tx.query('drop schema gateway_rebuild');
}

function sqlState(error: unknown): unknown {
  if (!(error instanceof QueryFailedError)) return undefined;
  const cause: unknown = error.driverError;
  return typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
}
