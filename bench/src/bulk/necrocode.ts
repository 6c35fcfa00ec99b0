import { setTimeout as pause } from 'node:timers/promises';
import type { NecrocodeClient } from '@necrocode/client';
import type { LocalSystem } from '@necrocode/local-system';
import pg from 'pg';
import { untilSettled } from '../measure/until-settled.js';

/** ms from the request to each moment, seen from the caller; `terminal` from the event store itself. */
export interface BulkFigures {
  readonly accepted: number;
  /** The last job's own terminal event is committed. */
  readonly terminal: number;
  readonly certified: number;
}

const PER_BATCH = 1_000;
const clock = (): number => performance.timeOrigin + performance.now();
let queues = 0;

/** Jobs that wait for a slot nobody offers, cancelled as a queue. */
export async function cancelQueue(
  client: NecrocodeClient,
  { home, databaseUrl }: Pick<LocalSystem, 'home' | 'databaseUrl'>,
  jobs: number,
): Promise<BulkFigures> {
  const queue = `bench-${queues++}`;
  const job = { name: 'bench', queue, tasks: [{ key: 'a', command: ['true'], slot: { pool: 'nowhere' } }] };
  for (let left = jobs; left > 0; left -= PER_BATCH) {
    await client.submitBatch({ jobs: Array.from({ length: Math.min(left, PER_BATCH) }, () => job) });
  }
  await untilSettled(home); // What was submitted must not still be worked on when the cancel is measured.
  const requestedAt = clock();
  const { cancellationId } = await client.cancelMany({ target: { kind: 'queue', queue }, expectedCount: jobs });
  const accepted = clock() - requestedAt;
  if (cancellationId === null) throw new Error('nothing matched');
  for (;;) {
    await pause(50);
    const { certificate, targets } = await client.getBulk(cancellationId);
    if (certificate === null) continue;
    if (targets.neverStarted !== jobs) throw new Error(`only ${targets.neverStarted} of ${jobs} were dequeued`);
    const terminal = (await lastTerminalEvent(databaseUrl, cancellationId, jobs)) - requestedAt;
    return {
      accepted,
      terminal,
      certified: Date.parse(certificate.requestedAt) + certificate.completedAfterMs - requestedAt,
    };
  }
}

async function lastTerminalEvent(databaseUrl: string, cancellationId: string, jobs: number): Promise<number> {
  const database = new pg.Client(databaseUrl);
  await database.connect();
  try {
    const { rows } = await database.query<{ count: number; last: Date }>(
      `select count(*)::int as count, max(recorded_at) as last from event_store.events
       where type = 'JobCancelled' and data ->> 'cancellationId' = $1`,
      [cancellationId],
    );
    const [row] = rows;
    if (row?.count !== jobs) throw new Error(`${row?.count} terminal events for ${jobs} jobs`);
    return row.last.getTime();
  } finally {
    await database.end();
  }
}
