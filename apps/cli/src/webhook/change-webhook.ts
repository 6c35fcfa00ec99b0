import { Command, Option } from 'commander';
import { connect } from '../connection/connect.js';
import { findWebhookId } from '../connection/find-id.js';
import { type Format, formatOption } from '../terminal/format.js';
import type { Terminal } from '../terminal/terminal.js';
import { printWebhook } from './print-webhook.js';

const EVENTS = 'events to send: cancellation.completed, cancellation.* or *';

interface CreateOptions {
  readonly event: readonly string[];
  readonly description: string;
  readonly output: Format;
}

export function createCommand(terminal: Terminal): Command {
  return new Command('create')
    .description('send events to an endpoint from now on; prints the secret, which is never shown again')
    .argument('<url>')
    .requiredOption('--event <pattern...>', EVENTS)
    .option('--description <text>', 'what it is for', '')
    .addOption(formatOption())
    .action(async (url: string, { event, description, output }: CreateOptions) => {
      const created = await (await connect()).webhooks.create({ url, events: [...event], description });
      printWebhook(terminal, output, created);
      if (output !== 'text') return;
      terminal.say('');
      terminal.say(`secret  ${created.secret}`);
      terminal.say('        Keep it: messages are verified with it, and it is not shown again.');
    });
}

interface UpdateOptions {
  readonly url?: string;
  readonly event?: readonly string[];
  readonly description?: string;
  readonly enable?: true;
  readonly disable?: true;
  readonly output: Format;
}

export function updateCommand(terminal: Terminal): Command {
  return new Command('update')
    .description('change a webhook; --enable goes on where it stopped')
    .argument('<webhook-id>')
    .option('--url <url>')
    .option('--event <pattern...>', EVENTS)
    .option('--description <text>')
    .addOption(new Option('--enable').conflicts('disable'))
    .addOption(new Option('--disable', 'send nothing more until it is enabled again'))
    .addOption(formatOption())
    .action(async (typed: string, { url, event, description, enable, disable, output }: UpdateOptions) => {
      const client = await connect();
      const webhook = await client.webhooks.update(await findWebhookId(client, typed), {
        ...(url === undefined ? {} : { url }),
        ...(event === undefined ? {} : { events: [...event] }),
        ...(description === undefined ? {} : { description }),
        ...(enable || disable ? { enabled: enable === true } : {}),
      });
      printWebhook(terminal, output, webhook);
    });
}
