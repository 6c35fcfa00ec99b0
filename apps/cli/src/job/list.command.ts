import type { JobResource, JobSummary } from '@necrocode/contracts';
import { Command, Option } from 'commander';
import { connect } from '../connection/connect.js';
import { formatOption, printList, type Format } from '../terminal/format.js';
import { positiveInteger } from '../terminal/positive-integer.js';
import { ago } from '../terminal/duration.js';
import { table } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';

const STATES = ['queued', 'running', 'retrying', 'cancelling', 'completed', 'failed', 'cancelled'];

interface ListOptions {
  readonly output: Format;
  readonly limit: number;
  readonly state?: JobResource['status'];
  readonly queue?: string;
  readonly label?: string;
}

export function listCommand(terminal: Terminal): Command {
  return new Command('list')
    .alias('ls')
    .description('list jobs, newest first')
    .option('--limit <n>', 'at most so many (200)', positiveInteger, 20)
    .addOption(new Option('--state <state>', 'only jobs in this state').choices(STATES))
    .option('--queue <queue>', 'only jobs of this queue')
    .option('--label <key=value>', 'only jobs with this label')
    .addOption(formatOption())
    .action(async ({ output, ...filter }: ListOptions) => {
      const client = await connect();
      const { items } = await client.listJobs(filter);
      if (items.length === 0 && output === 'text')
        return terminal.say('No jobs. Submit one with `necrocode job submit FILE`.');
      printList(terminal, output, items, { id: (job) => job.jobId, text: () => jobTable(items, terminal.width) });
    });
}

function jobTable(jobs: readonly JobSummary[], width: number): string {
  const rows = jobs.map((job) => [job.jobId, job.status, tasksInWords(job), job.queue, ago(job.submittedAt), job.name]);
  return table(['JOB', 'STATE', 'TASKS', 'QUEUE', 'SUBMITTED', 'NAME'], rows, width);
}

/** `3 running, 2 blocked` */
export function tasksInWords({ taskCounts }: Pick<JobSummary, 'taskCounts'>): string {
  return Object.entries(taskCounts)
    .filter(([, count]) => count > 0)
    .map(([status, count]) => `${count} ${status}`)
    .join(', ');
}
