import type { WebhookResource } from '@necrocode/contracts';
import type { WebhookId } from '@necrocode/domain';
import { type Circuit, isOpen } from '../circuit/circuit.js';

export interface WebhookRow {
  readonly id: WebhookId;
  readonly url: string;
  readonly events: string[];
  readonly description: string;
  readonly secret: string;
  readonly previous_secret: string | null;
  readonly previous_valid_until: Date | null;
  readonly disabled_because: 'by-user' | 'gone' | 'failing' | null;
  readonly created_at: Date;
  readonly created_by: string;
  readonly position: string;
  readonly failures: number;
  readonly failing_since: Date | null;
  readonly open_until: Date | null;
}

export interface DeliveryCounts {
  readonly pending: number;
  readonly dead: number;
}

export function circuitOf({ failures, failing_since, open_until }: WebhookRow): Circuit {
  return { failures, failingSince: failing_since, openUntil: open_until };
}

/** The secrets that sign now, the newest first. */
export function secretsOf({ secret, previous_secret, previous_valid_until }: WebhookRow, now: Date): readonly string[] {
  const isValid = previous_secret !== null && previous_valid_until !== null && previous_valid_until > now;
  return isValid ? [secret, previous_secret] : [secret];
}

/** As the API shows it: without its secret. */
export function presentWebhook(row: WebhookRow, deliveries: DeliveryCounts): WebhookResource {
  return {
    webhookId: row.id,
    url: row.url,
    events: [...row.events],
    description: row.description,
    status: row.disabled_because === null ? 'enabled' : 'disabled',
    disabledBecause: row.disabled_because,
    createdAt: row.created_at.toISOString(),
    createdBy: row.created_by,
    position: row.position,
    circuit: {
      state: isOpen(circuitOf(row)) ? 'open' : 'closed',
      consecutiveFailures: row.failures,
      failingSince: row.failing_since?.toISOString() ?? null,
      nextTryAt: row.open_until?.toISOString() ?? null,
    },
    deliveries: { ...deliveries },
  };
}
