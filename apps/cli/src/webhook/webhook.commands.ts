import { Command } from 'commander';
import type { Terminal } from '../terminal/terminal.js';
import { createCommand, updateCommand } from './change-webhook.js';
import { deliveriesCommand, listCommand, showCommand } from './look-at-webhook.js';
import { deleteCommand, pingCommand, replayCommand, rotateSecretCommand } from './use-webhook.js';

export function webhookCommands(terminal: Terminal): Command {
  return new Command('webhook')
    .description('have events sent to other systems, signed, until they took them')
    .addCommand(createCommand(terminal))
    .addCommand(listCommand(terminal))
    .addCommand(showCommand(terminal))
    .addCommand(updateCommand(terminal))
    .addCommand(pingCommand(terminal))
    .addCommand(deliveriesCommand(terminal))
    .addCommand(replayCommand(terminal))
    .addCommand(rotateSecretCommand(terminal))
    .addCommand(deleteCommand(terminal));
}
