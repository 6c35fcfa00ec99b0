import type { ReplayWebhookBody } from '@necrocode/contracts';
import type { WebhookId } from '@necrocode/domain';
import type { EventStore, Position } from '@necrocode/event-store';
import type { DataSource } from 'typeorm';
import { SCHEMA } from '../schema.js';
import { positionAt } from './position-at.js';

/**
 * Sends an endpoint back in the store: what it was not told since then is recorded anew, dead deliveries included, and delivered
 * ones too where that is asked for. It never sends it forward, which would skip events.
 *
 * @returns the position behind which deliveries begin again
 */
export async function replayWebhook(
  database: DataSource,
  store: EventStore,
  id: WebhookId,
  { since, alsoDelivered }: ReplayWebhookBody,
): Promise<Position> {
  const asked = 'position' in since ? BigInt(since.position) - 1n : await positionAt(store, new Date(since.time));
  return database.transaction(async (tx) => {
    const [rows] = await tx.query<[{ position: string }[], number]>(
      `update "${SCHEMA}".webhook set position = least(position, $2) where id = $1 returning position`,
      [id, asked.toString()],
    );
    const behind = BigInt(rows[0]?.position ?? 0);
    await tx.query(`delete from "${SCHEMA}".delivery where webhook_id = $1 and position > $2 and status = any($3)`, [
      id,
      behind.toString(),
      alsoDelivered ? ['dead', 'delivered'] : ['dead'],
    ]);
    return behind;
  });
}
