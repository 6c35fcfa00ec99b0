import type { CompanionStatement } from '@necrocode/event-store';
import type { DataSource } from 'typeorm';

/** An intent that is due: `attempts` counts the claims since it was last scheduled. */
export interface DueIntent {
  readonly key: string;
  readonly attempts: number;
}

/**
 * Durable timers of one service: rows `(key, due_at)` in its own schema. A row is written in the transaction that
 * stores the intent and deleted in the one that fulfils it, so a crash between can only lead to driving once too often.
 * Replicas share the rows with `SKIP LOCKED`.
 */
export class DriveQueue {
  private readonly table: string;

  /** @param schema the service's own; @param name of the table in it */
  constructor(
    private readonly database: DataSource,
    schema: string,
    name: string,
  ) {
    this.table = `"${schema}"."${name}"`;
  }

  static createTable(schema: string, name: string): string {
    return `create table "${schema}"."${name}" (
      key text primary key,
      due_at timestamptz not null,
      attempts integer not null default 0);
    create index on "${schema}"."${name}" (due_at);`;
  }

  /** (Re)arms the timer of `key` to fire in `inMs`; its attempts start again. */
  schedule(key: string, inMs: number): CompanionStatement {
    return {
      text: `insert into ${this.table} (key, due_at) values ($1, now() + $2::double precision * interval '1 millisecond')
             on conflict (key) do update set due_at = excluded.due_at, attempts = 0`,
      values: [key, inMs],
    };
  }

  /** Brings an armed timer forward; one that is due sooner, or was forgotten, stays as it is. */
  hasten(key: string, inMs: number): CompanionStatement {
    return {
      text: `update ${this.table} set due_at = least(due_at, now() + $2::double precision * interval '1 millisecond') where key = $1`,
      values: [key, inMs],
    };
  }

  /** As `schedule`, for many keys that are new. */
  scheduleAll(keys: readonly string[], inMs: number): CompanionStatement {
    return {
      text: `insert into ${this.table} (key, due_at)
             select key, now() + $2::double precision * interval '1 millisecond' from unnest($1::text[]) as key`,
      values: [keys, inMs],
    };
  }

  forget(key: string): CompanionStatement {
    return { text: `delete from ${this.table} where key = $1`, values: [key] };
  }

  async run({ text, values }: CompanionStatement): Promise<void> {
    await this.database.query(text, [...values]);
  }

  /**
   * Takes what is due and pushes it back by its back-off, so that a claimant that dies leaves it to the next.
   * @param backoffMs delay before the intent with so many attempts is due again
   */
  async claimDue(
    limit: number,
    backoffMs: { readonly firstMs: number; readonly longestMs: number },
  ): Promise<readonly DueIntent[]> {
    const { firstMs, longestMs } = backoffMs;
    const [rows] = await this.database.query<[{ key: string; attempts: number }[], number]>(
      `update ${this.table} set attempts = attempts + 1,
              due_at = now() + least($3::double precision, $2::double precision * power(2, least(attempts, 30))) * interval '1 millisecond'
       where key in (select key from ${this.table} where due_at <= now() order by due_at limit $1 for update skip locked)
       returning key, attempts`,
      [limit, firstMs, longestMs],
    );
    return rows;
  }

  /** When `key` is driven next, RFC 3339; undefined when nothing is scheduled. */
  async dueAt(key: string): Promise<string | undefined> {
    const rows = await this.database.query<{ due_at: Date }[]>(`select due_at from ${this.table} where key = $1`, [
      key,
    ]);
    return rows[0]?.due_at.toISOString();
  }

  /** Milliseconds until the next intent is due, 0 when one is overdue; null when there is none. */
  async nextDueInMs(): Promise<number | null> {
    const rows = await this.database.query<{ ms: string | null }[]>(
      `select (extract(epoch from min(due_at) - now()) * 1000)::text as ms from ${this.table}`,
    );
    const ms = rows[0]?.ms;
    return ms === null || ms === undefined ? null : Math.max(0, Number(ms));
  }
}
