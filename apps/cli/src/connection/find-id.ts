import type { NecrocodeClient } from '@necrocode/client';
import { CommandFailure, EXIT } from '../exit-codes.js';

const RECENT = 200;

/** What a person may name: `newest` gives ids, the newest first. */
interface Named {
  readonly noun: string;
  readonly prefix: string;
  readonly newest: (limit: number) => Promise<readonly string[]>;
  readonly list: string;
  readonly whenNone: string;
}

/** A job id from what a person typed: the whole id, the beginning (or end) of one of the latest jobs, or `@last`. */
export function findJobId(client: NecrocodeClient, typed: string): Promise<string> {
  return findId(typed, {
    noun: 'job',
    prefix: 'job_',
    newest: async (limit) => (await client.listJobs({ limit })).items.map(({ jobId }) => jobId),
    list: 'necrocode job list',
    whenNone: 'Submit one with `necrocode job submit FILE`.',
  });
}

/** The same for a cancellation of a job or a task. A bulk is found by its whole id. */
export function findCancellationId(client: NecrocodeClient, typed: string): Promise<string> {
  return findId(typed, {
    noun: 'cancellation',
    prefix: 'can_',
    newest: async (limit) =>
      (await client.listCancellations({ limit })).items.map(({ cancellationId }) => cancellationId),
    list: 'necrocode job cancellations',
    whenNone: 'Nothing has been cancelled here.',
  });
}

/** The same for a webhook. */
export function findWebhookId(client: NecrocodeClient, typed: string): Promise<string> {
  return findId(typed, {
    noun: 'webhook',
    prefix: 'hook_',
    newest: async (limit) => {
      const { items } = await client.webhooks.list();
      return items
        .map(({ webhookId }) => webhookId)
        .reverse()
        .slice(0, limit);
    },
    list: 'necrocode webhook list',
    whenNone: 'Make one with `necrocode webhook create URL --event cancellation.completed`.',
  });
}

async function findId(typed: string, { noun, prefix, newest, list, whenNone }: Named): Promise<string> {
  if (typed.startsWith(prefix) && /^[0-9a-z]{26}$/.test(typed.slice(prefix.length))) return typed;
  const last = typed === '@last';
  const ids = await newest(last ? 1 : RECENT);
  const matches = last
    ? ids
    : ids.filter(
        (id) => id.startsWith(typed) || id.startsWith(prefix + typed) || (typed.length >= 6 && id.endsWith(typed)),
      );
  const [only, ...others] = matches;
  if (only === undefined) {
    if (last) throw new CommandFailure(EXIT.nothingMatched, `There is no ${noun} yet.`, whenNone);
    throw new CommandFailure(
      EXIT.nothingMatched,
      `None of the latest ${RECENT} ${noun}s has an id like "${typed}".`,
      `See \`${list}\`.`,
    );
  }
  if (others.length > 0) {
    throw new CommandFailure(
      EXIT.usage,
      `"${typed}" fits ${matches.length} ${noun}s: ${matches.slice(0, 4).join(', ')}…`,
      'Type more of the id.',
    );
  }
  return only;
}
