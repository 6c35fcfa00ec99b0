import { Command } from 'commander';
import { type BulkOptions, withBulkOptions } from '../bulk/bulk-options.js';
import { cancelMany } from '../bulk/cancel-many.js';
import { connect } from '../connection/connect.js';
import { CommandFailure, EXIT } from '../exit-codes.js';
import type { Terminal } from '../terminal/terminal.js';
import { batchId as batchIdSchema } from '@necrocode/contracts';

export function batchCommands(terminal: Terminal): Command {
  return new Command('batch').description('cancel jobs that were submitted together').addCommand(cancel(terminal));
}

function cancel(terminal: Terminal): Command {
  const command = new Command('cancel')
    .description('cancel every open job of a batch as one cancellation')
    .argument('<batch-id>');
  return withBulkOptions(command).action(async (typed: string, options: BulkOptions) => {
    const parsed = batchIdSchema.safeParse(typed);
    if (!parsed.success) throw new CommandFailure(EXIT.usage, `"${typed}" is no batch id.`, 'It looks like batch_….');
    const target = { kind: 'batch' as const, batchId: parsed.data };
    process.exitCode = await cancelMany(await connect(), terminal, target, options);
  });
}
