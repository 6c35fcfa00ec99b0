import { Command } from 'commander';
import { exitCodeOfBulk } from '../bulk/bulk-outcome.js';
import { showBulk } from '../bulk/show-bulk.js';
import { exitCodeOf } from '../cancellation/outcome.js';
import { showCancellation } from '../cancellation/show.js';
import { connect } from '../connection/connect.js';
import { findJobId } from '../connection/find-id.js';
import { EXIT } from '../exit-codes.js';
import { formatOption, type Format } from '../terminal/format.js';
import type { Terminal } from '../terminal/terminal.js';

export function cancelStatusCommand(terminal: Terminal): Command {
  return new Command('cancel-status')
    .description("show how a job's newest cancellation stands, step by step")
    .argument('<job-id>', 'an id, the beginning of one, or @last')
    .addOption(formatOption())
    .action(async (typed: string, { output }: { readonly output: Format }) => {
      const client = await connect();
      const cancellation = await client.cancellationStatus(await findJobId(client, typed));
      if (output === 'id') terminal.data(cancellation.cancellationId);
      else if (output === 'text') {
        terminal.data('kind' in cancellation ? showBulk(cancellation) : showCancellation(cancellation, terminal.width));
      }
      if (output === 'json' || output === 'ndjson')
        terminal.data(JSON.stringify(cancellation, null, output === 'json' ? 2 : undefined));
      const code = 'kind' in cancellation ? exitCodeOfBulk(cancellation) : exitCodeOf(cancellation);
      process.exitCode = code === EXIT.waitRanOut ? EXIT.ok : code; // Under way is an answer here, not a wait that ran out.
    });
}
