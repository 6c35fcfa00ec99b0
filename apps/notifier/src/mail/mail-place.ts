import { randomUUID } from 'node:crypto';
import type { Position } from '@necrocode/event-store';
import type { DataSource } from 'typeorm';
import { SCHEMA } from '../schema.js';
import type { Notice } from './notice-of.js';

const TABLE = `"${SCHEMA}".mail`;

export interface MailPlace {
  /** Everything up to here has been told or was no failure. */
  readonly position: Position;
  /** The time of the last look at the webhooks. */
  readonly toldAt: Date;
  /** No mail before. */
  readonly nextAt: Date;
  /** Attempts in a row that no server took. */
  readonly failures: number;
}

interface Row {
  readonly position: string;
  readonly told_at: Date;
  readonly next_at: Date;
  readonly failures: number;
}

/** Where telling has got to. One replica at a time holds it. */
export class MailPlaces {
  readonly #me = randomUUID();

  constructor(
    private readonly database: DataSource,
    private readonly holdMs: number,
  ) {}

  /** The place, held for `holdMs` from now; null while another replica has it. @param start where telling begins the first time */
  async hold(start: () => Promise<Position>): Promise<MailPlace | null> {
    const [held] = await this.database.query<[Row[], number]>(
      `update ${TABLE} set holder = $1, held_until = now() + $2::double precision * interval '1 millisecond'
       where holder = $1 or held_until < now() returning *`,
      [this.#me, this.holdMs],
    );
    const [row] = held;
    if (row) {
      const { position, told_at: toldAt, next_at: nextAt, failures } = row;
      return { position: BigInt(position), toldAt, nextAt, failures };
    }
    await this.database.query(`insert into ${TABLE} (position) values ($1) on conflict do nothing`, [
      (await start()).toString(),
    ]);
    return null;
  }

  /** There was nothing to tell up to here. */
  async pass(position: Position): Promise<void> {
    await this.database.query(`update ${TABLE} set position = $2 where holder = $1`, [this.#me, position.toString()]);
  }

  async told(position: Position, toldAt: Date, pauseMs: number): Promise<void> {
    await this.database.query(
      `update ${TABLE} set position = $2, told_at = $3, failures = 0,
         next_at = now() + $4::double precision * interval '1 millisecond' where holder = $1`,
      [this.#me, position.toString(), toldAt, pauseMs],
    );
  }

  async notTaken(retryMs: number): Promise<void> {
    await this.database.query(
      `update ${TABLE} set failures = failures + 1, next_at = now() + $2::double precision * interval '1 millisecond'
       where holder = $1`,
      [this.#me, retryMs],
    );
  }

  /** So that another replica need not wait until the hold is over. */
  async release(): Promise<void> {
    await this.database.query(`update ${TABLE} set held_until = '-infinity' where holder = $1`, [this.#me]);
  }

  /** Endpoints that were given up between two times. */
  async webhooksDisabled(after: Date, until: Date): Promise<readonly Notice[]> {
    const rows = await this.database.query<{ id: string; disabled_because: string; disabled_at: Date }[]>(
      `select id, disabled_because, disabled_at from "${SCHEMA}".webhook
       where disabled_because <> 'by-user' and disabled_at > $1 and disabled_at <= $2 order by disabled_at`,
      [after, until],
    );
    return rows.map(({ id, disabled_because, disabled_at }) => ({
      kind: 'webhook-disabled' as const,
      what: `${id}: ${disabled_because}`,
      at: disabled_at.toISOString(),
    }));
  }
}
