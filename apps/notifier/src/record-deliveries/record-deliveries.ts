import { eventName, parseStreamId } from '@necrocode/contracts';
import type { WebhookId } from '@necrocode/domain';
import type { EventStore, PositionedEvent } from '@necrocode/event-store';
import type { DataSource } from 'typeorm';
import { SCHEMA } from '../schema.js';
import type { WebhookRow } from '../webhooks/webhook-row.js';
import { matches } from './matches.js';

/** Events looked at in one transaction. */
const BATCH = 500;
/** Deliveries one endpoint may have waiting. Further events stay where they are, in the store: that is the queue. */
const WINDOW = 1_000;

/**
 * Writes down what an endpoint is to be told, in store order, and moves its place on in the same transaction. The place is
 * moved by compare-and-set: of two replicas one does it, and a replay that moved it back in between is not overrun.
 *
 * @returns whether there may be more at once
 */
export async function recordDeliveries(database: DataSource, store: EventStore, id: WebhookId): Promise<boolean> {
  const [webhook] = await database.query<(WebhookRow & { waiting: number })[]>(
    `select *, (select count(*)::integer from "${SCHEMA}".delivery
                where webhook_id = webhook.id and status = 'pending') as waiting
     from "${SCHEMA}".webhook where id = $1 and disabled_because is null`,
    [id],
  );
  if (!webhook || webhook.waiting >= WINDOW) return false;
  const events = await store.readAll(BigInt(webhook.position), BATCH);
  const last = events.at(-1);
  if (!last) return false;
  const chosen = events.map(toRow).filter(({ aggregate, event }) => matches(webhook.events, aggregate, event));
  await database.transaction(async (tx) => {
    const [, moved] = await tx.query<[unknown[], number]>(
      `update "${SCHEMA}".webhook set position = $3 where id = $1 and position = $2`,
      [id, webhook.position, last.position.toString()],
    );
    if (moved === 0 || chosen.length === 0) return;
    await tx.query(
      `insert into "${SCHEMA}".delivery (webhook_id, position, event_id, event, stream_id)
       select $1, * from unnest($2::bigint[], $3::uuid[], $4::text[], $5::text[])
       on conflict (webhook_id, position) do nothing`,
      [
        id,
        chosen.map(({ position }) => position),
        chosen.map(({ eventId }) => eventId),
        chosen.map(({ aggregate, event }) => `${aggregate}.${event}`),
        chosen.map(({ streamId }) => streamId),
      ],
    );
  });
  return events.length === BATCH;
}

function toRow({ id: eventId, position, streamId, type }: PositionedEvent) {
  const { aggregate } = parseStreamId(streamId);
  return { eventId, position: position.toString(), streamId, aggregate, event: eventName(aggregate, type) };
}
