import type { DeliveryResource } from '@necrocode/contracts';
import { Command, Option } from 'commander';
import { connect } from '../connection/connect.js';
import { findWebhookId } from '../connection/find-id.js';
import { ago } from '../terminal/duration.js';
import { type Format, formatOption, printList } from '../terminal/format.js';
import { positiveInteger } from '../terminal/positive-integer.js';
import { table } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';
import { printWebhook, stateOf } from './print-webhook.js';

export function listCommand(terminal: Terminal): Command {
  return new Command('list')
    .description('the webhooks and how each is doing')
    .addOption(formatOption())
    .action(async ({ output }: { readonly output: Format }) => {
      const { items } = await (await connect()).webhooks.list();
      if (items.length === 0 && output === 'text') return terminal.say('There is no webhook.');
      printList(terminal, output, items, {
        id: ({ webhookId }) => webhookId,
        text: () =>
          table(
            ['WEBHOOK', 'STATE', 'WAITING', 'GIVEN UP', 'EVENTS', 'URL'],
            items.map((webhook) => [
              webhook.webhookId,
              stateOf(webhook),
              String(webhook.deliveries.pending),
              String(webhook.deliveries.dead),
              webhook.events.join(' '),
              webhook.url,
            ]),
            terminal.width,
          ),
      });
    });
}

export function showCommand(terminal: Terminal): Command {
  return new Command('show')
    .description('one webhook')
    .argument('<webhook-id>')
    .addOption(formatOption())
    .action(async (typed: string, { output }: { readonly output: Format }) => {
      const client = await connect();
      printWebhook(terminal, output, await client.webhooks.get(await findWebhookId(client, typed)));
    });
}

interface DeliveriesOptions {
  readonly status?: DeliveryResource['status'];
  readonly limit: number;
  readonly output: Format;
}

export function deliveriesCommand(terminal: Terminal): Command {
  return new Command('deliveries')
    .description('what was sent, is to be sent, or was given up, newest first')
    .argument('<webhook-id>')
    .addOption(new Option('--status <status>').choices(['pending', 'delivered', 'dead']))
    .option('--limit <n>', 'at most so many', positiveInteger, 20)
    .addOption(formatOption())
    .action(async (typed: string, { status, limit, output }: DeliveriesOptions) => {
      const client = await connect();
      const webhookId = await findWebhookId(client, typed);
      const { items } = await client.webhooks.deliveries(webhookId, { limit, ...(status ? { status } : {}) });
      printList(terminal, output, items, {
        id: ({ eventId }) => eventId,
        text: () =>
          table(
            ['POSITION', 'EVENT', 'STATE', 'TRIES', 'LAST ANSWER', 'STREAM'],
            items.map((delivery) => [
              delivery.position,
              delivery.event,
              delivery.settledAt === null ? delivery.status : `${delivery.status} ${ago(delivery.settledAt)}`,
              String(delivery.attempts),
              delivery.lastError ?? String(delivery.lastStatus ?? ''),
              delivery.streamId,
            ]),
            terminal.width,
          ),
      });
    });
}
