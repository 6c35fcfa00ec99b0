import { Command } from 'commander';
import { archiveCommand } from './archive/archive.command.js';
import { auditCommands } from './audit/audit.commands.js';
import { batchCommands } from './batch/batch.commands.js';
import { cancellationCommands } from './cancellation/cancellation.commands.js';
import { demoCommand } from './demo/demo.command.js';
import { eventsCommands } from './events/tail.command.js';
import { historyCommand } from './history/history.command.js';
import { cancelStatusCommand } from './job/cancel-status.command.js';
import { cancelCommand } from './job/cancel.command.js';
import { cancellationsCommand } from './job/cancellations.command.js';
import { eventsCommand } from './job/events.command.js';
import { getCommand } from './job/get.command.js';
import { listCommand } from './job/list.command.js';
import { logsCommand } from './job/logs.command.js';
import { retryCommand } from './job/retry.command.js';
import { submitCommand } from './job/submit.command.js';
import { projectionsCommands } from './projections/projections.commands.js';
import { queueCommands } from './queue/queue.commands.js';
import { doctorCommand } from './system/doctor.command.js';
import { downCommand } from './system/down.command.js';
import { runnerCommands } from './system/runner.commands.js';
import { slotsCommand } from './system/slots.command.js';
import { upCommand } from './system/up.command.js';
import { workerCommand } from './system/worker.command.js';
import type { Terminal } from './terminal/terminal.js';
import { webhookCommands } from './webhook/webhook.commands.js';

/** The whole command line: each command in the folder of what it is about. */
export function program(terminal: Terminal): Command {
  const job = new Command('job')
    .description('submit, look at, cancel and retry jobs')
    .addCommand(submitCommand(terminal))
    .addCommand(listCommand(terminal))
    .addCommand(getCommand(terminal))
    .addCommand(logsCommand(terminal))
    .addCommand(eventsCommand(terminal))
    .addCommand(historyCommand(terminal))
    .addCommand(cancelCommand(terminal))
    .addCommand(retryCommand(terminal))
    .addCommand(cancelStatusCommand(terminal))
    .addCommand(cancellationsCommand(terminal));
  return new Command('necrocode')
    .description('Runs jobs and, above all, ends them: a cancellation is proven, or it is not called one.')
    .version('0.1.0')
    .showHelpAfterError('(add --help for what there is)')
    .addCommand(upCommand(terminal))
    .addCommand(workerCommand(terminal))
    .addCommand(downCommand(terminal))
    .addCommand(demoCommand(terminal))
    .addCommand(doctorCommand(terminal))
    .addCommand(job)
    .addCommand(batchCommands(terminal))
    .addCommand(queueCommands(terminal))
    .addCommand(cancellationCommands(terminal))
    .addCommand(eventsCommands(terminal))
    .addCommand(webhookCommands(terminal))
    .addCommand(runnerCommands(terminal))
    .addCommand(slotsCommand(terminal))
    .addCommand(projectionsCommands(terminal))
    .addCommand(auditCommands(terminal))
    .addCommand(archiveCommand(terminal));
}
