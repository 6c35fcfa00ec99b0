import { parseStreamId } from '@necrocode/contracts';
import { fold, type EventStore, type Position, type StoredEvent, toDomainEvent } from '@necrocode/event-store';
import { type JobEvent, type SlotPool, type SlotPoolEvent, slotPoolDecider } from '@necrocode/domain';
import { foldQueue } from '../pause-queue/pause-queue.js';
import { pausedQueueStatement } from '../pause-queue/paused-queue-row.js';
import { foldRunner } from '../register-runner/register-runner.js';
import { runnerRow, runnerRowStatement } from '../register-runner/runner-row.js';
import { foldJob } from '../streams/jobs.js';
import { jobRowChanges, type JobRowChanges, mergeChanges } from '../tables/job-row-changes.js';
import { jobRowStatements } from '../tables/job-row-statements.js';
import type { OpenTransaction, OwnTables } from '../tables/own-tables.js';
import { LIMIT_DRIVE, SCHEMA, START_DRIVE } from '../tables/schema.js';
import { slotRowStatements } from '../tables/slot-rows.js';

const PAGE = 1_000;
const STREAMS_AT_ONCE = 100;

/**
 * Replaces the dispatcher's rows by what the events say, in one transaction, through the functions that wrote them in the first place.
 * For a schema that was lost or is doubted. Stop the dispatchers first: they would wait for it with their appends half done.
 * @param store with everything numbered, or a stream appended a moment ago could be missed
 */
export async function rebuildTables(store: EventStore, tables: OwnTables): Promise<{ readonly streams: number }> {
  const streamIds = await streamIdsOf(store);
  await tables.transaction(async (transaction) => {
    const names = [
      'open_job',
      'task',
      'ready_task',
      'placement',
      'assignment',
      START_DRIVE,
      LIMIT_DRIVE,
      'slot',
      'runner',
      'paused_queue',
    ];
    await transaction.run([{ text: `truncate ${names.map((name) => `${SCHEMA}.${name}`).join(', ')}`, values: [] }]);
    let token = 0;
    for (let start = 0; start < streamIds.length; start += STREAMS_AT_ONCE) {
      const streams = await store.readStreams(streamIds.slice(start, start + STREAMS_AT_ONCE));
      await writeRows(transaction, streams);
      token = Math.max(token, ...[...streams.values()].flat().map(tokenOf));
    }
    // A token that was ever given out is never given out again.
    const text = `select setval('${SCHEMA}.fencing_token', greatest($1::bigint, (select last_value from ${SCHEMA}.fencing_token)))`;
    if (token > 0) await transaction.run([{ text, values: [token] }]);
  });
  return { streams: streamIds.length };
}

async function streamIdsOf(store: EventStore): Promise<readonly string[]> {
  const streamIds = new Set<string>();
  for (let after: Position = 0n; ;) {
    const events = await store.readAll(after, PAGE);
    for (const { streamId } of events) streamIds.add(streamId);
    const last = events.at(-1);
    if (!last) return [...streamIds].filter((streamId) => OWN.has(parseStreamId(streamId).aggregate));
    after = last.position;
  }
}

const OWN: ReadonlySet<string> = new Set(['job', 'slot-pool', 'runner', 'queue']);

async function writeRows(
  transaction: OpenTransaction,
  streams: ReadonlyMap<string, readonly StoredEvent[]>,
): Promise<void> {
  const jobs: JobRowChanges[] = [];
  for (const [streamId, stored] of streams) {
    const { aggregate, aggregateId } = parseStreamId(streamId);
    if (aggregate === 'job') jobs.push(...jobChanges(stored));
    else if (aggregate === 'slot-pool') await transaction.run(slotStatements(stored));
    else if (aggregate === 'queue') await transaction.run([pausedQueueStatement(aggregateId, foldQueue(stored))]);
    else await transaction.run(runnerStatements(stored));
  }
  await transaction.run(jobRowStatements(mergeChanges(jobs)));
}

function jobChanges(stored: readonly StoredEvent[]): readonly JobRowChanges[] {
  const { job } = foldJob(stored);
  const events = stored.map((event) => toDomainEvent<JobEvent>(event));
  return job.status === 'unknown' ? [] : [jobRowChanges(events, job)];
}

function slotStatements(stored: readonly StoredEvent[]): ReturnType<typeof slotRowStatements> {
  const { evolve, initial } = slotPoolDecider;
  const pool = fold<SlotPool, SlotPoolEvent>(evolve, initial, stored);
  return slotRowStatements(
    stored.map((event) => toDomainEvent<SlotPoolEvent>(event)),
    pool,
  );
}

function runnerStatements(stored: readonly StoredEvent[]): ReturnType<typeof slotRowStatements> {
  const row = runnerRow(foldRunner(stored));
  return row ? [runnerRowStatement(row, stored.length)] : [];
}

/** Slots remember theirs when the job that held them was archived. */
function tokenOf(stored: StoredEvent): number {
  if (stored.type !== 'TaskAssigned' && stored.type !== 'SlotLeased') return 0;
  const event = toDomainEvent<Extract<JobEvent | SlotPoolEvent, { type: 'TaskAssigned' | 'SlotLeased' }>>(stored);
  return event.type === 'TaskAssigned' ? event.assignment.fencingToken : event.holder.fencingToken;
}
