/**
 * Cancels whole queues of waiting jobs as one cancellation, beside pg-boss' bulk cancel on the same PostgreSQL, in one run.
 * `npm run bench -- bulk [jobs …]` (1000 and 10000 by default).
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NecrocodeClient } from '@necrocode/client';
import { startSystem } from '@necrocode/local-system';
import { median } from '../measure/statistics.js';
import { formatTable } from '../measure/table.js';
import { writeResults } from '../measure/write-results.js';
import { type BulkFigures, cancelQueue } from './necrocode.js';
import { cancelWithPgBoss } from './pg-boss.js';

const ROUNDS = 3;
const sizes = process.argv.slice(2).map(Number);
const home = await mkdtemp(join(tmpdir(), 'necrocode-bench-'));
const system = await startSystem({ home, env: { LOG_LEVEL: 'warn' } });
try {
  const client = new NecrocodeClient({ baseUrl: system.gatewayUrl, token: system.token, timeoutMs: 120_000 });
  const results: { readonly jobs: number; readonly ours: BulkFigures[]; readonly pgBoss: number[] }[] = [];
  await cancelQueue(client, system.databaseUrl, 100);
  for (const jobs of sizes.length > 0 ? sizes : [1_000, 10_000]) {
    const ours: BulkFigures[] = [];
    const pgBoss: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      ours.push(await cancelQueue(client, system.databaseUrl, jobs));
      pgBoss.push(await cancelWithPgBoss(system.databaseUrl, jobs));
      process.stderr.write(`${jobs} jobs, round ${round + 1} of ${ROUNDS}\n`);
    }
    results.push({ jobs, ours, pgBoss });
  }
  report(results);
} finally {
  await system.stop();
  await rm(home, { recursive: true, force: true });
}

function report(results: readonly { jobs: number; ours: readonly BulkFigures[]; pgBoss: readonly number[] }[]): void {
  const rows = results.map(({ jobs, ours, pgBoss }) => {
    const of = (pick: (figures: BulkFigures) => number): number => median(ours.map(pick));
    const terminal = of((figures) => figures.terminal);
    return [
      String(jobs),
      of(({ accepted }) => accepted).toFixed(1),
      terminal.toFixed(1),
      of(({ certified }) => certified).toFixed(1),
      ((terminal * 1_000) / jobs).toFixed(1),
      median(pgBoss).toFixed(1),
    ];
  });
  console.log(
    `Waiting jobs of one queue, cancelled at once; ms, median of ${ROUNDS}. Every job ends with an event of its own;`,
  );
  console.log('pg-boss flips rows and keeps no history. BullMQ is not measured: this run looks for no Redis.\n');
  console.log(formatTable(['jobs', 'accepted', 'all terminal', 'certified', 'µs a job', 'pg-boss'], rows));
  console.log(`\n${writeResults('bulk', results)}`);
}
