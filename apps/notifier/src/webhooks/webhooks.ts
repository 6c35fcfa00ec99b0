import type { CreateWebhookBody, UpdateWebhookBody } from '@necrocode/contracts';
import type { WebhookId } from '@necrocode/domain';
import type { DataSource } from 'typeorm';
import { SCHEMA } from '../schema.js';
import type { DeliveryCounts, WebhookRow } from './webhook-row.js';

const TABLE = `"${SCHEMA}".webhook`;
/** One at a time, so that two callers cannot both be the last one within the limit. Any number, the same everywhere. */
const CREATE_LOCK = 7_041_993;

export interface NewWebhook extends CreateWebhookBody {
  readonly id: WebhookId;
  readonly secret: string;
  readonly createdBy: string;
  readonly position: bigint;
}

/** The endpoints. */
export class Webhooks {
  constructor(private readonly database: DataSource) {}

  /** @returns false when there are `most` already. An id that is there already is left as it is. */
  async add(webhook: NewWebhook, most: number): Promise<boolean> {
    const { id, url, events, description, secret, createdBy, position } = webhook;
    return this.database.transaction(async (tx) => {
      await tx.query('select pg_advisory_xact_lock($1)', [CREATE_LOCK]);
      const [{ others } = { others: 0 }] = await tx.query<{ others: number }[]>(
        `select count(*)::integer as others from ${TABLE} where id <> $1`,
        [id],
      );
      if (others >= most) return false;
      await tx.query(
        `insert into ${TABLE} (id, url, events, description, secret, created_by, position)
         values ($1, $2, $3, $4, $5, $6, $7) on conflict (id) do nothing`,
        [id, url, events, description, secret, createdBy, position.toString()],
      );
      return true;
    });
  }

  async find(id: WebhookId): Promise<WebhookRow | undefined> {
    const [row] = await this.database.query<WebhookRow[]>(`select * from ${TABLE} where id = $1`, [id]);
    return row;
  }

  /** Oldest first. */
  async all(): Promise<readonly WebhookRow[]> {
    return this.database.query<WebhookRow[]>(`select * from ${TABLE} order by id`);
  }

  async enabledIds(): Promise<readonly WebhookId[]> {
    const rows = await this.database.query<{ id: WebhookId }[]>(
      `select id from ${TABLE} where disabled_because is null`,
    );
    return rows.map(({ id }) => id);
  }

  /** Enabling, or another address, is a new beginning: what was held against the endpoint is forgotten. */
  async update(id: WebhookId, { url, events, description, enabled }: UpdateWebhookBody): Promise<void> {
    await this.database.query(
      `update ${TABLE} set
         url = coalesce($2, url), events = coalesce($3, events), description = coalesce($4, description),
         disabled_because = case $5::boolean when true then null when false then 'by-user' else disabled_because end,
         failures = case when $6 then 0 else failures end,
         failing_since = case when $6 then null else failing_since end,
         open_until = case when $6 then null else open_until end
       where id = $1`,
      [id, url ?? null, events ?? null, description ?? null, enabled ?? null, enabled === true || url !== undefined],
    );
  }

  async rotateSecret(id: WebhookId, secret: string, previousValidUntil: Date): Promise<void> {
    await this.database.query(
      `update ${TABLE} set previous_secret = secret, previous_valid_until = $3, secret = $2 where id = $1`,
      [id, secret, previousValidUntil],
    );
  }

  async remove(id: WebhookId): Promise<void> {
    await this.database.query(`delete from ${TABLE} where id = $1`, [id]);
  }

  async counts(): Promise<ReadonlyMap<string, DeliveryCounts>> {
    const rows = await this.database.query<(DeliveryCounts & { webhook_id: string })[]>(
      `select webhook_id, count(*) filter (where status = 'pending')::integer as pending,
              count(*) filter (where status = 'dead')::integer as dead
       from "${SCHEMA}".delivery where status <> 'delivered' group by webhook_id`,
    );
    return new Map(rows.map(({ webhook_id, pending, dead }) => [webhook_id, { pending, dead }]));
  }
}
