import { Command } from 'commander';
import { connect } from '../connection/connect.js';
import { findWebhookId } from '../connection/find-id.js';
import { CommandFailure, EXIT } from '../exit-codes.js';
import { duration } from '../terminal/duration.js';
import type { Terminal } from '../terminal/terminal.js';
import { parseSince } from './parse-since.js';

export function pingCommand(terminal: Terminal): Command {
  return new Command('ping')
    .description('try an endpoint with one signed message that stands for no event')
    .argument('<webhook-id>')
    .action(async (typed: string) => {
      const client = await connect();
      const { delivered, status, error, durationMs } = await client.webhooks.ping(await findWebhookId(client, typed));
      if (!delivered) {
        throw new CommandFailure(EXIT.error, `The endpoint did not take it: ${error ?? 'no answer'}.`);
      }
      terminal.data(`taken: ${status ?? ''} after ${duration(durationMs)}`);
    });
}

export function replayCommand(terminal: Terminal): Command {
  return new Command('replay')
    .description('send what was missed, what was given up included')
    .argument('<webhook-id>')
    .requiredOption('--since <place>', 'a position, an RFC 3339 time, or a duration back from now such as 2h')
    .option('--also-delivered', 'also what was taken already', false)
    .action(async (typed: string, options: { readonly since: string; readonly alsoDelivered: boolean }) => {
      const since = parseSince(options.since, Date.now());
      if (!since) {
        throw new CommandFailure(
          EXIT.usage,
          `"${options.since}" is no place to begin.`,
          'Write a position (1024), a time (2026-11-22T10:00:00Z) or a duration back from now (2h).',
        );
      }
      const client = await connect();
      const webhookId = await findWebhookId(client, typed);
      const { behind } = await client.webhooks.replay(webhookId, { since, alsoDelivered: options.alsoDelivered });
      terminal.data(`deliveries begin again behind position ${behind}`);
    });
}

export function rotateSecretCommand(terminal: Terminal): Command {
  return new Command('rotate-secret')
    .description('a new secret; for a time messages are signed with both')
    .argument('<webhook-id>')
    .action(async (typed: string) => {
      const client = await connect();
      const { secret, previousValidUntil } = await client.webhooks.rotateSecret(await findWebhookId(client, typed));
      terminal.data(secret);
      terminal.say(`The one before signs as well until ${previousValidUntil}.`);
    });
}

export function deleteCommand(terminal: Terminal): Command {
  return new Command('delete')
    .description('remove a webhook and what waits for it')
    .argument('<webhook-id>')
    .action(async (typed: string) => {
      const client = await connect();
      const webhookId = await findWebhookId(client, typed);
      await client.webhooks.delete(webhookId);
      terminal.say(`${webhookId} is gone`);
    });
}
