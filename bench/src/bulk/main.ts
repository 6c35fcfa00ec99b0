/**
 * Cancels whole queues of waiting jobs as one cancellation, beside pg-boss' bulk cancel on the same PostgreSQL and, where a
 * redis-server is found, BullMQ's bulk removal, in one run.
 * `npm run bench -- bulk [jobs …] [--rounds n]` (1000 and 10000 jobs, three rounds by default).
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { NecrocodeClient } from '@necrocode/client';
import { startSystem } from '@necrocode/local-system';
import { median } from '../measure/statistics.js';
import { formatTable } from '../measure/table.js';
import { writeResults } from '../measure/write-results.js';
import { removeWithBullMq } from './bullmq.js';
import { type BulkFigures, cancelQueue } from './necrocode.js';
import { cancelWithPgBoss } from './pg-boss.js';
import { startRedis } from './redis.js';

interface Round {
  readonly ours: BulkFigures;
  readonly pgBoss: number;
  /** Absent where there is no Redis. */
  readonly bullMq?: number;
}

interface Result {
  readonly jobs: number;
  readonly rounds: readonly Round[];
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '3' } },
});
const roundsEach = Number(values.rounds);
const sizes = positionals.map(Number);
const home = await mkdtemp(join(tmpdir(), 'necrocode-bench-'));
const redis = await startRedis();
const system = await startSystem({ home, env: { LOG_LEVEL: 'warn' } });
try {
  const client = new NecrocodeClient({ baseUrl: system.gatewayUrl, token: system.token, timeoutMs: 120_000 });
  const results: Result[] = [];
  await cancelQueue(client, system, 100);
  for (const jobs of sizes.length > 0 ? sizes : [1_000, 10_000]) {
    const rounds: Round[] = [];
    for (let round = 0; round < roundsEach; round++) {
      const ours = await cancelQueue(client, system, jobs);
      const pgBoss = await cancelWithPgBoss(system.databaseUrl, jobs);
      rounds.push({ ours, pgBoss, ...(redis && { bullMq: await removeWithBullMq(redis.port, jobs) }) });
      process.stderr.write(`${jobs} jobs, round ${round + 1} of ${roundsEach}\n`);
    }
    results.push({ jobs, rounds });
  }
  report(results);
} finally {
  await Promise.all([system.stop(), redis?.stop()]);
  await rm(home, { recursive: true, force: true });
}

function report(results: readonly Result[]): void {
  const rows = results.map(({ jobs, rounds }) => {
    const of = (pick: (round: Round) => number): number => median(rounds.map(pick));
    const terminal = of(({ ours }) => ours.terminal);
    return [
      String(jobs),
      of(({ ours }) => ours.accepted).toFixed(1),
      terminal.toFixed(1),
      of(({ ours }) => ours.certified).toFixed(1),
      ((terminal * 1_000) / jobs).toFixed(1),
      of(({ pgBoss }) => pgBoss).toFixed(1),
      redis ? of(({ bullMq = Number.NaN }) => bullMq).toFixed(1) : '–',
    ];
  });
  console.log(
    `Waiting jobs of one queue, cancelled at once; ms, median of ${roundsEach}. Every job ends with an event of its own;`,
  );
  console.log('pg-boss flips rows, BullMQ (each write synced) removes the jobs; neither keeps a history.');
  if (!redis) console.log('BullMQ was not measured: there is no redis-server on the PATH.');
  const headers = ['jobs', 'accepted', 'all terminal', 'certified', 'µs a job', 'pg-boss', 'BullMQ'];
  console.log(`\n${formatTable(headers, rows)}\n\n${writeResults('bulk', results)}`);
}
