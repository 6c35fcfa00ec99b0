import type { EventStore } from '@necrocode/event-store';
import type { DataSource, EntityManager } from 'typeorm';
import { PROJECTION_VERSION } from './schema.js';
import { projectEvents } from './row-store.js';

/** The name of the one projection, in the database and on every surface. */
export const READ_MODEL = 'read-model';

/** Events in one transaction: enough to make a rebuild quick, few enough for a lock that nobody notices. */
export const BATCH = 500;

/** What one look brought. */
export type Advance =
  | { readonly kind: 'idle' }
  /** `keys`: jobs and cancellations with news. `full`: there are likely more events. */
  | { readonly kind: 'projected'; readonly keys: ReadonlySet<string>; readonly full: boolean }
  /** Another replica has moved the checkpoint. */
  | { readonly kind: 'moved' }
  /** The rows are of another release: neither written nor to be read by this one. */
  | { readonly kind: 'foreign'; readonly version: number };

/**
 * Projects the store's events, in order, into the read model. The checkpoint moves by compare-and-set in the transaction
 * that writes the rows: two replicas cannot project one event twice, and a crash between batches loses nothing.
 */
export class Projection {
  #position: bigint | null = null;

  constructor(
    private readonly database: DataSource,
    private readonly store: EventStore,
    private readonly version: number = PROJECTION_VERSION,
  ) {}

  /** One batch. @throws when the database or the store is away; nothing has changed then */
  async advance(): Promise<Advance> {
    if (this.#position === null) {
      const { version, position } = await this.#open();
      if (version !== this.version) return { kind: 'foreign', version };
      this.#position = position;
    }
    const from = this.#position;
    const events = await this.store.readAll(from, BATCH);
    const last = events.at(-1);
    if (!last) return this.#noticeMove(from);
    const rows = await this.database.transaction(async (tx) =>
      (await this.#move(tx, from, last.position)) ? projectEvents(tx, 'gateway', events) : null,
    );
    this.#position = rows ? last.position : null;
    if (!rows) return { kind: 'moved' };
    const ids = rows.timeline.flatMap(({ job_id, cancellation_id }) => [job_id, cancellation_id]);
    return { kind: 'projected', keys: new Set(ids.filter((id) => id !== null)), full: events.length === BATCH };
  }

  /** Where the rows that are read now stand, whichever replica has brought them there. */
  async stored(): Promise<bigint> {
    const rows = await this.database.query<{ position: string }[]>(
      'select position from gateway.projection where name = $1',
      [READ_MODEL],
    );
    return BigInt(rows[0]?.position ?? 0);
  }

  /** The checkpoint. On a new database it begins; rows of another version are left to a rebuild. */
  async #open(): Promise<{ readonly version: number; readonly position: bigint }> {
    await this.database.query(
      `insert into gateway.projection (name, version, position) values ($1, $2, 0) on conflict do nothing`,
      [READ_MODEL, this.version],
    );
    const [row] = await this.database.query<{ version: number; position: string }[]>(
      'select version, position from gateway.projection where name = $1',
      [READ_MODEL],
    );
    if (!row) throw new Error(`gateway.projection has lost its row ${READ_MODEL}`);
    return { version: row.version, position: BigInt(row.position) };
  }

  async #move(tx: EntityManager, from: bigint, to: bigint): Promise<boolean> {
    const [, moved] = await tx.query<[unknown[], number]>(
      'update gateway.projection set position = $2 where name = $4 and position = $1 and version = $3',
      [from.toString(), to.toString(), this.version, READ_MODEL],
    );
    return moved === 1;
  }

  /** Nothing new in the store: a newer release may have taken the rows over meanwhile. */
  async #noticeMove(from: bigint): Promise<Advance> {
    const rows = await this.database.query<{ version: number; position: string }[]>(
      'select version, position from gateway.projection where name = $1',
      [READ_MODEL],
    );
    if (rows[0]?.position === from.toString() && rows[0].version === this.version) return { kind: 'idle' };
    this.#position = null;
    return { kind: 'moved' };
  }
}
