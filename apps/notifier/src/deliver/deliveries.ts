import type { DeliveryPage, DeliveryResource, ListDeliveries } from '@necrocode/contracts';
import type { WebhookId } from '@necrocode/domain';
import type { DataSource } from 'typeorm';
import { SCHEMA } from '../schema.js';

const TABLE = `"${SCHEMA}".delivery`;

/** Of its stream, for this endpoint. */
const IS_OLDEST = `not exists (
  select from ${TABLE} as before
  where before.webhook_id = due.webhook_id and before.stream_id = due.stream_id
    and before.status = 'pending' and before.position < due.position)`;

export interface DeliveryRow {
  readonly webhook_id: WebhookId;
  readonly position: string;
  readonly event_id: string;
  readonly event: string;
  readonly stream_id: string;
  readonly status: 'pending' | 'delivered' | 'dead';
  readonly attempts: number;
  readonly next_at: Date;
  readonly last_status: number | null;
  readonly last_error: string | null;
  readonly settled_at: Date | null;
}

export interface Attempted {
  readonly status: number | null;
  readonly error: string | null;
}

/** What each endpoint is to be told and was told. */
export class Deliveries {
  constructor(private readonly database: DataSource) {}

  /**
   * Takes what is due, of each stream the oldest only: an aggregate's events arrive one after the other. For `leaseMs` nobody
   * else takes it; a process that dies in between has it sent once more.
   */
  async claim(webhookId: WebhookId, limit: number, leaseMs: number): Promise<readonly DeliveryRow[]> {
    const [rows] = await this.database.query<[DeliveryRow[], number]>(
      `update ${TABLE} as claimed
       set attempts = attempts + 1, next_at = now() + $3::double precision * interval '1 millisecond'
       from (
         select position from ${TABLE} as due
         where webhook_id = $1 and status = 'pending' and next_at <= now() and ${IS_OLDEST}
         order by next_at, position limit $2 for update skip locked) as chosen
       where claimed.webhook_id = $1 and claimed.position = chosen.position
       returning claimed.*`,
      [webhookId, limit, leaseMs],
    );
    return rows;
  }

  /** How soon something can be claimed, ms; null when nothing waits. */
  async nextDueInMs(webhookId: WebhookId): Promise<number | null> {
    const [row] = await this.database.query<{ ms: number | null }[]>(
      `select greatest(0, extract(epoch from min(next_at) - now()) * 1000)::double precision as ms
       from ${TABLE} as due where webhook_id = $1 and status = 'pending' and ${IS_OLDEST}`,
      [webhookId],
    );
    return row?.ms ?? null;
  }

  async settle(row: DeliveryRow, status: 'delivered' | 'dead', attempted: Attempted): Promise<void> {
    await this.database.query(
      `update ${TABLE} set status = $3, last_status = $4, last_error = $5, settled_at = now()
       where webhook_id = $1 and position = $2`,
      [row.webhook_id, row.position, status, attempted.status, attempted.error],
    );
  }

  async retryIn(row: DeliveryRow, ms: number, attempted: Attempted): Promise<void> {
    await this.database.query(
      `update ${TABLE} set next_at = now() + $3::double precision * interval '1 millisecond', last_status = $4, last_error = $5
       where webhook_id = $1 and position = $2 and status = 'pending'`,
      [row.webhook_id, row.position, ms, attempted.status, attempted.error],
    );
  }

  /** As though it had not been taken: the attempt was ended by us and says nothing. */
  async putBack(row: DeliveryRow): Promise<void> {
    await this.database.query(
      `update ${TABLE} set next_at = now(), attempts = attempts - 1
       where webhook_id = $1 and position = $2 and status = 'pending'`,
      [row.webhook_id, row.position],
    );
  }

  /** Newest first. */
  async page(webhookId: WebhookId, { status, limit, cursor }: ListDeliveries): Promise<DeliveryPage> {
    const rows = await this.database.query<DeliveryRow[]>(
      `select * from ${TABLE}
       where webhook_id = $1 and ($2::text is null or status = $2) and ($3::bigint is null or position < $3)
       order by position desc limit $4`,
      [webhookId, status ?? null, cursor ?? null, limit + 1],
    );
    const page = rows.slice(0, limit);
    return { items: page.map(present), nextCursor: rows.length > limit ? (page.at(-1)?.position ?? null) : null };
  }

  /** Forgets what was settled long ago. */
  async prune(olderThanMs: number): Promise<void> {
    await this.database.query(
      `delete from ${TABLE}
       where status <> 'pending' and settled_at < now() - $1::double precision * interval '1 millisecond'`,
      [olderThanMs],
    );
  }
}

function present(row: DeliveryRow): DeliveryResource {
  return {
    eventId: row.event_id,
    position: row.position,
    event: row.event,
    streamId: row.stream_id,
    status: row.status,
    attempts: row.attempts,
    nextAttemptAt: row.status === 'pending' ? row.next_at.toISOString() : null,
    lastStatus: row.last_status,
    lastError: row.last_error,
    settledAt: row.settled_at?.toISOString() ?? null,
  };
}
