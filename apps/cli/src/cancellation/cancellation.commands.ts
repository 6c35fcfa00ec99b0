import { Command } from 'commander';
import { showBulk } from '../bulk/show-bulk.js';
import { connect } from '../connection/connect.js';
import { findCancellationId } from '../connection/find-id.js';
import { formatOption, type Format } from '../terminal/format.js';
import type { Terminal } from '../terminal/terminal.js';
import { EXIT } from '../exit-codes.js';
import { cancellationsCommand } from '../job/cancellations.command.js';
import { replayCommand } from '../replay/replay.command.js';
import { eventLine } from './event-line.js';
import { exitCodeOf } from './outcome.js';
import { traceCommand } from '../trace/trace.command.js';
import { watchCancellation } from './watch.js';
import { showCancellation, showCertificate } from './show.js';

interface Output {
  readonly output: Format;
}

export function cancellationCommands(terminal: Terminal): Command {
  return new Command('cancellation')
    .description('look at one cancellation')
    .addCommand(cancellationsCommand(terminal, 'list'))
    .addCommand(show(terminal))
    .addCommand(certificate(terminal))
    .addCommand(timeline(terminal))
    .addCommand(replayCommand(terminal))
    .addCommand(traceCommand(terminal))
    .addCommand(undo(terminal))
    .addCommand(abort(terminal));
}

function show(terminal: Terminal): Command {
  return new Command('show')
    .description('every step, execution and error')
    .argument('<cancellation-id>', 'an id, the beginning of one, or @last')
    .addOption(formatOption())
    .action(async (typed: string, { output }: Output) => {
      const client = await connect();
      const cancellation = await client.findCancellation(await findCancellationId(client, typed));
      if (output !== 'text') return terminal.data(JSON.stringify(cancellation, null, 2));
      terminal.data('kind' in cancellation ? showBulk(cancellation) : showCancellation(cancellation, terminal.width));
    });
}

function undo(terminal: Terminal): Command {
  return new Command('undo')
    .description('take it back within its undo window: what was held goes on')
    .argument('<cancellation-id>', 'an id, the beginning of one, or @last')
    .addOption(formatOption())
    .action(async (typed: string, { output }: Output) => {
      const client = await connect();
      const id = await findCancellationId(client, typed);
      await client.undoCancellation(id);
      const cancellation = await watchCancellation(client, terminal, id, { format: output });
      if (output === 'json') terminal.data(JSON.stringify(cancellation, null, 2));
      else if (output !== 'ndjson') terminal.data(output === 'id' ? id : `${id} ${cancellation.word}`);
      process.exitCode = cancellation.status === 'undone' ? EXIT.ok : exitCodeOf(cancellation);
    });
}

function certificate(terminal: Terminal): Command {
  return new Command('certificate')
    .description('the death certificate')
    .argument('<cancellation-id>', 'an id, the beginning of one, or @last')
    .addOption(formatOption())
    .action(async (typed: string, { output }: Output) => {
      const client = await connect();
      const { certificate: issued } = await client.getCancellation(await findCancellationId(client, typed));
      if (issued === null) return terminal.say('There is no certificate yet: nothing is proven.');
      terminal.data(output === 'text' ? showCertificate(issued) : JSON.stringify(issued, null, 2));
    });
}

function timeline(terminal: Terminal): Command {
  return new Command('events')
    .description('its events, as they happened, signals included; follows until it is completed')
    .argument('<cancellation-id>', 'an id, the beginning of one, or @last')
    .addOption(formatOption())
    .action(async (typed: string, { output }: Output) => {
      const client = await connect();
      let requestedAt: number | undefined;
      for await (const event of client.watchCancellation(await findCancellationId(client, typed))) {
        requestedAt ??= Date.parse((event.data as { requestedAt?: string }).requestedAt ?? event.time);
        const line = output === 'text' ? eventLine(event, requestedAt) : JSON.stringify(event);
        if (line !== null) terminal.data(line);
      }
    });
}

function abort(terminal: Terminal): Command {
  return new Command('abort')
    .description('stop a bulk cancellation where it is: what it has reached is carried out, the rest is left alone')
    .argument('<cancellation-id>')
    .addOption(formatOption())
    .action(async (id: string, { output }: Output) => {
      const { aborted, cancellation } = await (await connect()).abortCancellation(id);
      terminal.say(aborted ? 'Aborted.' : 'Nothing to abort: every target was reached already.');
      terminal.data(output === 'text' ? showBulk(cancellation) : JSON.stringify({ aborted, cancellation }, null, 2));
    });
}
