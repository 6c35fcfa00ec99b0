import type { JobResource } from '@necrocode/contracts';
import { Command } from 'commander';
import { connect } from '../connection/connect.js';
import { findJobId } from '../connection/find-id.js';
import { ago, duration } from '../terminal/duration.js';
import { formatOption, type Format } from '../terminal/format.js';
import { table, visible } from '../terminal/table.js';
import { paint, type Terminal } from '../terminal/terminal.js';

export function getCommand(terminal: Terminal): Command {
  return new Command('get')
    .description('show a job with its tasks and executions')
    .argument('<job-id>', 'an id, the beginning of one, or @last')
    .addOption(formatOption())
    .action(async (typed: string, { output }: { readonly output: Format }) => {
      const client = await connect();
      const job = await client.getJob(await findJobId(client, typed));
      if (output === 'id') return terminal.data(job.jobId);
      terminal.data(
        output === 'text' ? showJob(job, terminal.width) : JSON.stringify(job, null, output === 'json' ? 2 : undefined),
      );
    });
}

export function showJob(job: JobResource, width: number): string {
  const rows = job.tasks.map((task) => [
    task.key,
    task.status,
    `${task.attempts}/${task.maxAttempts}`,
    task.executions.at(-1)?.containment ?? '-',
    task.taskId,
    note(task),
  ]);
  return [
    `${visible(job.name)}  ${paint(job.status)}`,
    `  job        ${job.jobId}`,
    `  queue      ${job.queue}, priority ${job.priority}`,
    `  submitted  ${job.submittedAt} (${ago(job.submittedAt)})`,
    ...(job.retryOf === null ? [] : [`  retry of   ${job.retryOf} (generation ${job.generation})`]),
    ...(job.retriedBy === null ? [] : [`  retried by ${job.retriedBy}`]),
    ...limitLines(job),
    ...(job.runnerId === null ? [] : [`  runner     ${job.runnerId}`]),
    ...(job.error === null
      ? []
      : [`  error      ${job.error.code}: ${visible(job.error.message)}`, `             ${job.error.hint}`]),
    ...job.cancellations.map(
      ({ cancellationId, scope }) =>
        `  cancelled  by ${cancellationId} (${scope === 'job' ? 'the whole job' : 'some tasks'})`,
    ),
    '',
    table(['TASK', 'STATE', 'TRY', 'HELD BY', 'ID', 'NOTE'], rows, width),
  ].join('\n');
}

function limitLines({ timeouts, cancelAfter, overdue, neverStarted }: JobResource): string[] {
  const limits = [
    ...(timeouts.queueMs === null ? [] : [`to start within ${duration(timeouts.queueMs)}`]),
    ...(timeouts.runMs === null ? [] : [`to run at most ${duration(timeouts.runMs)}`]),
    ...(cancelAfter === null ? [] : [`to be over by ${cancelAfter}`]),
  ];
  return [
    ...(limits.length === 0 ? [] : [`  limits     ${limits.join(', ')}`]),
    ...(overdue === null ? [] : [`  too late   ${overdue.limit} at ${overdue.dueAt}: ${overdue.cancellationId}`]),
    ...(neverStarted === true ? ['  started    never'] : []),
  ];
}

function note(task: JobResource['tasks'][number]): string {
  if (task.error) return `${task.error.code}: ${task.error.message}`;
  if (task.neverStarted) return 'never started';
  if (task.reusedFrom) return `reused from ${task.reusedFrom.jobId}`;
  if (task.always !== null) return 'at the end, whatever happens';
  return task.dependsOn.length > 0 ? `after ${task.dependsOn.join(', ')}` : '';
}
