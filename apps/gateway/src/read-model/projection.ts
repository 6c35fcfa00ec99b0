import type { EventStore } from '@necrocode/event-store';
import type { DataSource } from 'typeorm';
import { KnownRows } from './known-rows.js';
import { PROJECTION_VERSION } from './schema.js';
import { saveParts } from './row-store.js';
import type { ChangedRows } from './working-set.js';

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

/** Where the rows stand. */
interface Stand {
  readonly version: number;
  readonly position: bigint;
  /** Another after every change of the rows, whoever makes it: the transaction that last wrote the checkpoint. */
  readonly mark: string;
  readonly known: KnownRows;
}

/**
 * Projects the store's events, in order, into the read model. The checkpoint moves by compare-and-set in the statement
 * that writes the rows: two replicas cannot project one event twice, and a crash between batches loses nothing.
 */
export class Projection {
  #stand: Stand | null = null;

  constructor(
    private readonly database: DataSource,
    private readonly store: EventStore,
    private readonly version: number = PROJECTION_VERSION,
  ) {}

  /** One batch. @throws when the database or the store is away; nothing has changed then */
  async advance(): Promise<Advance> {
    const stand = this.#stand ?? (await this.#open());
    // Kept only once what is written is known: after a failure it is looked up again.
    this.#stand = null;
    if (stand.version !== this.version) return { kind: 'foreign', version: stand.version };
    const events = await this.store.readAll(stand.position, BATCH);
    const last = events.at(-1);
    if (!last) return this.#noticeMove(stand);
    const { position } = last;
    const rows = await stand.known.apply(this.database, 'gateway', events);
    const mark = await this.#save(stand, position, rows);
    if (mark === null) return { kind: 'moved' };
    const known = stand.known.isFull ? new KnownRows() : stand.known;
    this.#stand = { version: this.version, position, mark, known };
    const ids = rows.timeline.flatMap(({ job_id, cancellation_id }) => [job_id, cancellation_id]);
    return { kind: 'projected', keys: new Set(ids.filter((id) => id !== null)), full: events.length === BATCH };
  }

  /** Where the rows that are read now stand, whichever replica has brought them there. */
  async stored(): Promise<bigint> {
    return (await this.#read())?.position ?? 0n;
  }

  /** The checkpoint. On a new database it begins; rows of another version are left to a rebuild. */
  async #open(): Promise<Stand> {
    await this.database.query(
      `insert into gateway.projection (name, version, position) values ($1, $2, 0) on conflict do nothing`,
      [READ_MODEL, this.version],
    );
    const stand = await this.#read();
    if (!stand) throw new Error(`gateway.projection has lost its row ${READ_MODEL}`);
    return stand;
  }

  async #read(): Promise<Stand | null> {
    const [row] = await this.database.query<{ version: number; position: string; mark: string }[]>(
      'select version, position, xmin::text as mark from gateway.projection where name = $1',
      [READ_MODEL],
    );
    return row ? { ...row, position: BigInt(row.position), known: new KnownRows() } : null;
  }

  /**
   * One statement moves the checkpoint and writes the rows, or neither. Nobody waits for the disk: what a crash takes are events that
   * stay unprojected with their checkpoint, and are projected again from the store. (Its transaction's number may then be another's:
   * so the position is compared as well.)
   * @returns the new mark; null when the rows were changed by somebody else
   */
  async #save({ mark, position }: Stand, to: bigint, rows: ChangedRows): Promise<string | null> {
    const { parts, values } = saveParts('gateway', rows, {
      where: 'where exists (select from moved)',
      values: [READ_MODEL, mark, to.toString(), position.toString()],
    });
    const moved = `moved as (
      update gateway.projection set position = $3 where name = $1 and xmin = $2::xid and position = $4 returning xmin::text as mark)`;
    const [row] = await this.database.query<{ mark: string }[]>(
      `with ${[moved, ...parts].join(', ')}
       select mark, set_config('synchronous_commit', 'off', true) from moved`,
      values,
    );
    return row?.mark ?? null;
  }

  /** Nothing new in the store: somebody else may have changed the rows meanwhile. */
  async #noticeMove(stand: Stand): Promise<Advance> {
    if ((await this.#read())?.mark !== stand.mark) return { kind: 'moved' };
    this.#stand = stand;
    return { kind: 'idle' };
  }
}
