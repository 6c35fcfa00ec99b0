import type { WebhookResource } from '@necrocode/contracts';
import { ago } from '../terminal/duration.js';
import type { Format } from '../terminal/format.js';
import { visible } from '../terminal/table.js';
import { paint, type Terminal } from '../terminal/terminal.js';

export function printWebhook(terminal: Terminal, format: Format, webhook: WebhookResource): void {
  if (format === 'id') return terminal.data(webhook.webhookId);
  if (format !== 'text') return terminal.data(JSON.stringify(webhook, null, format === 'json' ? 2 : undefined));
  const { circuit, deliveries } = webhook;
  const lines: readonly (readonly [string, string])[] = [
    ['webhook', webhook.webhookId],
    ['url', visible(webhook.url)],
    ['events', webhook.events.join(', ')],
    ['state', paint(stateOf(webhook))],
    ['waiting', `${deliveries.pending}, given up ${deliveries.dead}`],
    ['made', `${ago(webhook.createdAt)} by ${visible(webhook.createdBy)}`],
    ...(webhook.description === '' ? [] : [['for', visible(webhook.description)] as const]),
    ...(circuit.failingSince === null
      ? []
      : [['failing', `${circuit.consecutiveFailures} in a row, the first ${ago(circuit.failingSince)}`] as const]),
  ];
  terminal.data(lines.map(([name, value]) => `${name.padEnd(9)}${value}`).join('\n'));
}

/** One word for how it is: `ok`, `failing`, `open` (it rests), or why it is disabled. */
export function stateOf({ disabledBecause, circuit }: WebhookResource): string {
  if (disabledBecause !== null) return `disabled (${disabledBecause})`;
  if (circuit.state === 'open') return 'open';
  return circuit.consecutiveFailures > 0 ? 'failing' : 'ok';
}
