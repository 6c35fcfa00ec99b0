import type { EventStore } from '@necrocode/event-store';
import type { DataSource, EntityManager } from 'typeorm';
import { PROJECTION_VERSION } from './schema.js';
import { clearRows, loadRows, saveRows } from './row-store.js';
import { WorkingSet } from './working-set.js';

/** Events in one transaction: enough to make a rebuild quick, few enough for a lock that nobody notices. */
const BATCH = 500;

/** What one look brought. */
export type Advance =
  | { readonly kind: 'idle' }
  /** `keys`: jobs and cancellations with news. `full`: there are likely more events. */
  | { readonly kind: 'projected'; readonly keys: ReadonlySet<string>; readonly full: boolean }
  /** Another replica has moved the checkpoint. */
  | { readonly kind: 'moved' };

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
    this.#position ??= await this.#open();
    const from = this.#position;
    const events = await this.store.readAll(from, BATCH);
    const last = events.at(-1);
    if (!last) return this.#noticeMove(from);
    const rows = await this.database.transaction(async (tx) => {
      if (!(await this.#move(tx, from, last.position))) return null;
      const set = new WorkingSet(await loadRows(tx, events));
      for (const event of events) set.apply(event);
      const changed = set.changed();
      await saveRows(tx, changed);
      return changed;
    });
    this.#position = rows ? last.position : null;
    if (!rows) return { kind: 'moved' };
    const ids = rows.timeline.flatMap(({ job_id, cancellation_id }) => [job_id, cancellation_id ?? job_id]);
    return { kind: 'projected', keys: new Set(ids), full: events.length === BATCH };
  }

  /** Where the rows that are read now stand, whichever replica has brought them there. */
  async stored(): Promise<bigint> {
    const rows = await this.database.query<{ position: string }[]>(
      `select position from gateway.projection where name = 'read-model'`,
    );
    return BigInt(rows[0]?.position ?? 0);
  }

  /** Starts again from the first event, for all replicas. */
  async rebuild(): Promise<void> {
    await this.database.transaction(async (tx) => {
      await tx.query(`update gateway.projection set position = 0 where name = 'read-model'`);
      await clearRows(tx);
    });
    this.#position = null;
  }

  /** The checkpoint; rows of another version are thrown away first. */
  async #open(): Promise<bigint> {
    return this.database.transaction(async (tx) => {
      await tx.query(
        `insert into gateway.projection (name, version, position) values ('read-model', $1, 0) on conflict do nothing`,
        [this.version],
      );
      const [row] = await tx.query<{ version: number; position: string }[]>(
        `select version, position from gateway.projection where name = 'read-model' for update`,
      );
      if (row && row.version >= this.version) return BigInt(row.position);
      await tx.query(`update gateway.projection set version = $1, position = 0 where name = 'read-model'`, [
        this.version,
      ]);
      await clearRows(tx);
      return 0n;
    });
  }

  async #move(tx: EntityManager, from: bigint, to: bigint): Promise<boolean> {
    const [, moved] = await tx.query<[unknown[], number]>(
      `update gateway.projection set position = $2
       where name = 'read-model' and position = $1 and version = $3`,
      [from.toString(), to.toString(), this.version],
    );
    return moved === 1;
  }

  /** Nothing new in the store: perhaps because another replica was sent back to the start. */
  async #noticeMove(from: bigint): Promise<Advance> {
    const rows = await this.database.query<{ position: string }[]>(
      `select position from gateway.projection where name = 'read-model'`,
    );
    if (rows[0]?.position === from.toString()) return { kind: 'idle' };
    this.#position = null;
    return { kind: 'moved' };
  }
}
