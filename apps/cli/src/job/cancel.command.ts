import type { NecrocodeClient } from '@necrocode/client';
import type { CancellationResult, JobResource } from '@necrocode/contracts';
import { type Cascade, CASCADES, REASON_CODES } from '@necrocode/domain';
import { Command, Option } from 'commander';
import { connect } from '../connection/connect.js';
import { findJobId } from '../connection/find-id.js';
import { exitCodeOf } from '../cancellation/outcome.js';
import { showPlanAs } from '../cancellation/show-plan.js';
import { showCertificate } from '../cancellation/show.js';
import { watchCancellation } from '../cancellation/watch.js';
import { CommandFailure, EXIT } from '../exit-codes.js';
import { durationArgument } from '../terminal/duration-argument.js';
import { formatOption, type Format } from '../terminal/format.js';
import { visible } from '../terminal/table.js';
import { colours, type Terminal } from '../terminal/terminal.js';

interface CancelOptions {
  readonly output: Format;
  readonly task?: string;
  readonly cascade?: Cascade | false;
  readonly reason?: string;
  readonly reasonCode?: (typeof REASON_CODES)[number];
  readonly force?: boolean;
  readonly grace?: number;
  readonly yes?: boolean;
  readonly input: boolean;
  readonly detach?: boolean;
  readonly wait?: number;
  readonly undoWindow?: number;
  readonly dryRun?: boolean;
  readonly planToken?: string;
}

export function cancelCommand(terminal: Terminal): Command {
  return new Command('cancel')
    .description('cancel a job, or one of its tasks, and show it die')
    .argument('<job-id>', 'an id, the beginning of one, or @last')
    .option('--task <task>', 'only this task (its id or its key) and what depends on it')
    .addOption(new Option('--cascade <mode>', 'with --task: what else to cancel').choices([...CASCADES]))
    .option('--no-cascade', 'the same as --cascade none: leave alone what depends on it')
    .option('--reason <text>', 'why, for the record')
    .addOption(new Option('--reason-code <code>', 'why, from the closed list').choices([...REASON_CODES]))
    .option('--force', 'SIGKILL at once instead of asking first')
    .option('--grace <duration>', 'time between the signal and SIGKILL, such as 5s', durationArgument)
    .option('-y, --yes', 'do not ask')
    .option('--no-input', 'never ask: without --yes that is an error')
    .option('--detach', 'do not wait for the end')
    .option('--undo-window <duration>', 'only hold everything so long, then end it', durationArgument)
    .option('--dry-run', 'show what would happen, with a plan token; change nothing')
    .option('--plan-token <token>', 'only if the plan is still the one of that dry run; else exit 7')
    .option('--wait <duration>', 'wait at most so long, then exit 8', durationArgument)
    .addOption(formatOption())
    .addHelpText('after', EXIT_CODES)
    .action(async (typed: string, options: CancelOptions) => {
      const client = await connect();
      const job = await client.getJob(await findJobId(client, typed));
      await consent(terminal, job, options);
      const result = await request(client, job, options);
      process.exitCode = await report(client, terminal, result, options);
    });
}

async function consent(
  terminal: Terminal,
  job: JobResource,
  { yes, input, task, dryRun }: CancelOptions,
): Promise<void> {
  if (yes || dryRun || job.endedAt !== null) return;
  if (!terminal.isInteractive || !input) {
    throw new CommandFailure(
      EXIT.usage,
      'Nobody can be asked whether to cancel.',
      'Add --yes to cancel without asking.',
    );
  }
  const what = task === undefined ? `job ${job.jobId}` : `task ${task} of job ${job.jobId}`;
  const answer = await terminal.ask(`Cancel ${what} (${visible(job.name)}, ${job.status})? [y/N] `);
  if (!/^y(es)?$/i.test(answer.trim())) throw new CommandFailure(EXIT.error, 'Not cancelled: you did not say yes.');
}

function request(client: NecrocodeClient, job: JobResource, options: CancelOptions): Promise<CancellationResult> {
  const { reason, reasonCode, force, grace, undoWindow, dryRun, planToken } = options;
  const body = {
    ...(reason === undefined ? {} : { reason }),
    ...(reasonCode === undefined ? {} : { reasonCode }),
    ...(force === undefined ? {} : { force }),
    ...(grace === undefined ? {} : { gracePeriodMs: grace }),
    ...(undoWindow === undefined ? {} : { undoWindowMs: undoWindow }),
    ...(dryRun === undefined ? {} : { dryRun }),
    ...(planToken === undefined ? {} : { planToken }),
  };
  if (options.task === undefined) return client.cancelJob(job.jobId, body);
  const task = job.tasks.find(({ taskId, key }) => taskId === options.task || key === options.task);
  if (!task) {
    const keys = job.tasks.map(({ key }) => key).join(', ');
    throw new CommandFailure(EXIT.nothingMatched, `The job has no task "${options.task}".`, `Its tasks are ${keys}.`);
  }
  return client.cancelTask(task.taskId, { ...body, cascade: options.cascade ?? 'dependents' });
}

async function report(
  client: NecrocodeClient,
  terminal: Terminal,
  result: CancellationResult,
  options: CancelOptions,
): Promise<number> {
  const { output, detach, wait } = options;
  if (result.plan) {
    terminal.data(showPlanAs(output, result.plan, result, terminal.width));
    return EXIT.ok;
  }
  const { cancellationId } = result;
  const ended = result.result !== 'accepted' && result.result !== 'joined';
  if (ended || cancellationId === null) {
    terminal.say(result.message);
    if (output !== 'text') terminal.data(output === 'id' ? (cancellationId ?? '') : JSON.stringify(result));
    return EXIT.ok;
  }
  if (detach) {
    terminal.say(
      `${colours.yellow('requested')} ${cancellationId}; look with: necrocode job cancel-status ${result.jobId}`,
    );
    terminal.data(output === 'text' || output === 'id' ? cancellationId : JSON.stringify(result));
    return EXIT.ok;
  }
  if (result.result === 'joined') terminal.say(`joined ${cancellationId}, which is under way`);
  const cancellation = await watchCancellation(client, terminal, cancellationId, { format: output, withinMs: wait });
  if (output === 'json') terminal.data(JSON.stringify(cancellation, null, 2));
  else if (output === 'id') terminal.data(cancellationId);
  else if (output === 'text') {
    terminal.data(
      cancellation.certificate
        ? showCertificate(cancellation.certificate)
        : `${cancellationId} ${cancellation.word}; waiting for ${cancellation.waitingFor.join('; ')}`,
    );
  }
  return exitCodeOf(cancellation);
}

const EXIT_CODES = `
Exit codes: 0 proven or already ended, 1 error, 2 usage, 3 nothing matched, 4 not allowed, 5 partial,
            6 unproven or stalled, 7 the plan has changed, 8 the wait ran out, 130 detached (Ctrl-C; the cancellation goes on)`;
