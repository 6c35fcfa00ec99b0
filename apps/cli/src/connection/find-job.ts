import type { NecrocodeClient } from '@necrocode/client';
import { CommandFailure, EXIT } from '../exit-codes.js';

const WHOLE_ID = /^job_[0-9a-z]{26}$/;
const RECENT = 200;

/** A job id from what a person typed: the whole id, the beginning (or end) of one of the latest jobs, or `@last`. */
export async function findJobId(client: NecrocodeClient, typed: string): Promise<string> {
  if (WHOLE_ID.test(typed)) return typed;
  const { items } = await client.listJobs({ limit: typed === '@last' ? 1 : RECENT });
  if (typed === '@last') {
    const last = items[0];
    if (!last)
      throw new CommandFailure(
        EXIT.nothingMatched,
        'There is no job yet.',
        'Submit one with `necrocode job submit FILE`.',
      );
    return last.jobId;
  }
  const matches = items
    .map(({ jobId }) => String(jobId))
    .filter((id) => id.startsWith(typed) || id.startsWith(`job_${typed}`) || (typed.length >= 6 && id.endsWith(typed)));
  const [only, ...others] = matches;
  if (only === undefined) {
    throw new CommandFailure(
      EXIT.nothingMatched,
      `None of the latest ${RECENT} jobs has an id like "${typed}".`,
      'See `necrocode job list`.',
    );
  }
  if (others.length > 0) {
    throw new CommandFailure(
      EXIT.usage,
      `"${typed}" fits ${matches.length} jobs: ${matches.slice(0, 4).join(', ')}…`,
      'Type more of the id.',
    );
  }
  return only;
}
