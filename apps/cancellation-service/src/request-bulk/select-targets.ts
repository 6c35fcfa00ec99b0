import { createHash } from 'node:crypto';
import { dispatcherCommands } from '@necrocode/contracts';
import { type BulkSelection, type BulkTarget, criteriaOf, type JobId, type Timestamp } from '@necrocode/domain';
import type { AskOptions, CommandClient } from '@necrocode/service-kit';

/** Ids of one answer: a third of a megabyte. */
const PAGE = 10_000;

interface SelectedPage extends Omit<BulkSelection, 'digest'> {
  readonly after: JobId | null;
}

/** The open jobs that fit now, or that fitted at `snapshotAt` and still do. */
export async function selectTargets(
  commands: Pick<CommandClient, 'ask'>,
  target: BulkTarget,
  options: AskOptions,
  snapshotAt: Timestamp | null = null,
): Promise<BulkSelection> {
  const criteria = criteriaOf(target);
  const waiting: JobId[] = [];
  const started: JobId[] = [];
  let at = snapshotAt;
  for (let after: JobId | null = null; criteria !== null;) {
    const body = { criteria, snapshotAt: at, after, limit: PAGE };
    const page: SelectedPage = await commands.ask(dispatcherCommands.selectJobs, body, options);
    waiting.push(...page.waiting);
    started.push(...page.started);
    at = page.snapshotAt;
    after = page.after;
    if (after === null) break;
  }
  return { waiting, started, snapshotAt: at ?? new Date().toISOString(), digest: digestOf(waiting, started) };
}

function digestOf(waiting: readonly JobId[], started: readonly JobId[]): string {
  return `sha256:${createHash('sha256')
    .update(`${waiting.join(' ')}|${started.join(' ')}`)
    .digest('hex')}`;
}
