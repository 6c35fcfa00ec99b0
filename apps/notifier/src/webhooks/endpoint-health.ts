import type { WebhookId } from '@necrocode/domain';
import type { DataSource } from 'typeorm';
import { afterFailure, type CircuitPolicy, isHopeless } from '../circuit/circuit.js';
import { SCHEMA } from '../schema.js';
import type { Answer } from '../send/send-message.js';
import { circuitOf, type WebhookRow } from './webhook-row.js';

const TABLE = `"${SCHEMA}".webhook`;
const GONE = 410;

/** Keeps the circuits of the endpoints, for all replicas. */
export class EndpointHealth {
  constructor(
    private readonly database: DataSource,
    private readonly policy: CircuitPolicy,
  ) {}

  /** @returns why the endpoint is disabled from now on, or null */
  async note(id: WebhookId, { delivered, status }: Answer): Promise<'gone' | 'failing' | null> {
    if (delivered) await this.close(id);
    return delivered ? null : this.fail(id, status);
  }

  private async close(id: WebhookId): Promise<void> {
    await this.database.query(
      `update ${TABLE} set failures = 0, failing_since = null, open_until = null where id = $1 and failures > 0`,
      [id],
    );
  }

  private async fail(id: WebhookId, status: number | null): Promise<'gone' | 'failing' | null> {
    return this.database.transaction(async (tx) => {
      const [row] = await tx.query<WebhookRow[]>(
        `select * from ${TABLE} where id = $1 and disabled_because is null for update`,
        [id],
      );
      if (!row) return null;
      const now = new Date();
      const circuit = afterFailure(circuitOf(row), now, this.policy, Math.random());
      const because = status === GONE ? 'gone' : isHopeless(circuit, now, this.policy) ? 'failing' : null;
      await tx.query(
        `update ${TABLE} set failures = $2, failing_since = $3, open_until = $4, disabled_because = $5,
           disabled_at = case when $5::text is null then disabled_at else now() end
         where id = $1`,
        [id, circuit.failures, circuit.failingSince, circuit.openUntil, because],
      );
      return because;
    });
  }
}
