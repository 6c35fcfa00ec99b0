import { QUEUE_MODES, type QueueMode } from '@necrocode/domain';
import { Command, Option } from 'commander';
import { type BulkOptions, withBulkOptions } from '../bulk/bulk-options.js';
import { cancelMany } from '../bulk/cancel-many.js';
import { connect } from '../connection/connect.js';
import type { Terminal } from '../terminal/terminal.js';
import { pauseCommand, resumeCommand } from './pause.commands.js';
import { statusCommand } from './status.command.js';

export function queueCommands(terminal: Terminal): Command {
  return new Command('queue')
    .description('look at queues, pause them, and cancel their jobs')
    .addCommand(statusCommand(terminal))
    .addCommand(pauseCommand(terminal))
    .addCommand(resumeCommand(terminal))
    .addCommand(cancel(terminal))
    .addCommand(clear(terminal));
}

function cancel(terminal: Terminal): Command {
  const command = new Command('cancel')
    .description('cancel the jobs of a queue as one cancellation; jobs submitted meanwhile are not caught')
    .argument('<queue>')
    .addOption(
      new Option('--mode <mode>', 'all-except-running leaves what runs; everything also joins what is being cancelled')
        .choices([...QUEUE_MODES])
        .default('all'),
    );
  return withBulkOptions(command).action(async (queue: string, options: BulkOptions & { readonly mode: QueueMode }) => {
    const target = { kind: 'queue' as const, queue, mode: options.mode };
    process.exitCode = await cancelMany(await connect(), terminal, target, options);
  });
}

function clear(terminal: Terminal): Command {
  const command = new Command('clear')
    .description('cancel everything in a queue, running and being cancelled included')
    .argument('<queue>');
  return withBulkOptions(command).action(async (queue: string, options: BulkOptions) => {
    const target = { kind: 'queue' as const, queue, mode: 'everything' as const };
    process.exitCode = await cancelMany(await connect(), terminal, target, options);
  });
}
