/**
 * Our store, emmett's and bare pg on the same PostgreSQL in one run, in turns, the median over the rounds.
 * `npm run bench -- append [rounds] [scale]`; DATABASE_URL names a server to use in place of an embedded one.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '@necrocode/embedded';
import pg from 'pg';
import { median } from '../measure/statistics.js';
import { formatTable } from '../measure/table.js';
import { writeResults } from '../measure/write-results.js';
import { barePgStore } from './bare-pg-store.js';
import { emmettStore } from './emmett-store.js';
import { necrocodeStore } from './necrocode-store.js';
import { type RoundFigures, runRound } from './scenarios.js';
import type { BenchStore } from './store.js';

const [rounds = 3, scale = 1] = process.argv.slice(2).map(Number);

const directory = await mkdtemp(join(tmpdir(), 'necrocode-bench-'));
const server = process.env['DATABASE_URL'] ? undefined : await startPostgres({ dataDir: directory });
try {
  const url = process.env['DATABASE_URL'] ?? server?.url ?? '';
  const stores = [
    await necrocodeStore(await freshDatabase(url, 'bench_necrocode')),
    await emmettStore(await freshDatabase(url, 'bench_emmett')),
    await barePgStore(await freshDatabase(url, 'bench_bare')),
  ];
  const figures = await measure(stores);
  for (const store of stores) await store.close();
  report(figures);
} finally {
  await server?.stop();
  await rm(directory, { recursive: true, force: true });
}

async function freshDatabase(url: string, name: string): Promise<string> {
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  await admin.query(`drop database if exists ${name} with (force)`);
  await admin.query(`create database ${name}`);
  await admin.end();
  const database = new URL(url);
  database.pathname = `/${name}`;
  return database.href;
}

/** The stores take turns, each round in another order, so that none has the quiet moments to itself. */
async function measure(stores: readonly BenchStore[]): Promise<ReadonlyMap<string, readonly RoundFigures[]>> {
  const figures = new Map<string, RoundFigures[]>(stores.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++)
    for (const [index] of stores.entries()) {
      const store = stores[(index + round) % stores.length];
      if (store) figures.get(store.name)?.push(await runRound(store, scale));
    }
  return figures;
}

function report(figures: ReadonlyMap<string, readonly RoundFigures[]>): void {
  const rows: [label: string, key: keyof RoundFigures, digits: number][] = [
    ['sequential append, p50 ms', 'sequentialP50Ms', 2],
    ['sequential append, p99 ms', 'sequentialP99Ms', 2],
    ['16 callers, appends/s', 'concurrentPerSecond', 0],
    ['16 callers, p99 ms', 'concurrentP99Ms', 2],
    ['batch of 10,000, events/s', 'batchPerSecond', 0],
    ['replay of a stream, events/s', 'streamReplayPerSecond', 0],
    ['replay of everything, events/s', 'allReplayPerSecond', 0],
  ];
  const names = [...figures.keys()];
  const value = (name: string, key: keyof RoundFigures): number =>
    median((figures.get(name) ?? []).map((round) => round[key]));
  const [ours = '', ...peers] = names;
  const table = formatTable(
    ['', ...names, ...peers.map((peer) => `${ours} : ${peer}`)],
    rows.map(([label, key, digits]) => [
      label,
      ...names.map((name) =>
        value(name, key).toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits }),
      ),
      ...peers.map((peer) => `${(value(ours, key) / value(peer, key)).toFixed(2)}x`),
    ]),
  );
  console.log(`\n${table}\n`);
  const medians = Object.fromEntries(
    names.map((name) => [name, Object.fromEntries(rows.map(([, key]) => [key, value(name, key)]))]),
  );
  console.log(`written to ${writeResults('append', { rounds, scale, medians, figures: Object.fromEntries(figures) })}`);
}
