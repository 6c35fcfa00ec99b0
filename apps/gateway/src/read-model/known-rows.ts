import type { PositionedEvent } from '@necrocode/event-store';
import { type NamedRows, namedRows, type Queryable, readRows, type RowsSchema } from './row-store.js';
import { type ChangedRows, WorkingSet } from './working-set.js';

/** More jobs than a busy moment touches, and few enough to hold. */
const MOST_JOBS = 500;

/**
 * The rows of events projected lately, as they are written: one event of a job is followed by others, which then read nothing. Exact for as
 * long as nobody else writes rows; whoever keeps it notices that at the checkpoint, and begins with a new one (docs/adr/0167).
 */
export class KnownRows {
  readonly #rows = new WorkingSet();
  readonly #looked: { readonly [Name in keyof NamedRows]: Set<string> } = {
    job: new Set(),
    cancellation: new Set(),
    runner: new Set(),
    slot: new Set(),
    queue: new Set(),
  };

  /** Enough is held: begin with a new one. */
  get isFull(): boolean {
    return this.#looked.job.size > MOST_JOBS;
  }

  /** Applies the events in their order. @returns what changed, which the caller writes */
  async apply(db: Queryable, schema: RowsSchema, events: readonly PositionedEvent[]): Promise<ChangedRows> {
    const named = namedRows(events);
    const unknown = (name: keyof NamedRows): readonly string[] =>
      named[name].filter((id) => !this.#looked[name].has(id));
    const wanted = {
      job: unknown('job'),
      cancellation: unknown('cancellation'),
      runner: unknown('runner'),
      slot: unknown('slot'),
      queue: unknown('queue'),
    };
    this.#rows.add(await readRows(db, schema, wanted));
    for (const name of Object.keys(wanted) as (keyof NamedRows)[])
      for (const id of wanted[name]) this.#looked[name].add(id);
    for (const event of events) this.#rows.apply(event);
    return this.#rows.takeChanged();
  }
}
