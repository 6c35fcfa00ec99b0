/**
 * Cancels of one running process through REST, beside a bare floor on the same PostgreSQL, in turns in one run.
 * `npm run bench -- cancel [cancels]` (200 by default).
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NecrocodeClient } from '@necrocode/client';
import { startSystem } from '@necrocode/local-system';
import { percentile } from '../measure/statistics.js';
import { formatTable } from '../measure/table.js';
import { writeResults } from '../measure/write-results.js';
import { startFloor } from './floor.js';
import { type CancelFigures, cancelOne } from './necrocode.js';
import { ProcessWatcher } from './process-watcher.js';

const WARM_UP = 20;
const count = Number(process.argv[2] ?? 200);
const home = await mkdtemp(join(tmpdir(), 'necrocode-bench-'));
const watcher = new ProcessWatcher();
const system = await startSystem({ home, env: { LOG_LEVEL: 'warn' } });
try {
  const client = new NecrocodeClient({ baseUrl: system.gatewayUrl, token: system.token });
  const floor = await startFloor(system.databaseUrl);
  const ours: CancelFigures[] = [];
  const bare: { acknowledged: number; gone: number }[] = [];
  for (let index = 0; index < WARM_UP + count; index++) {
    const [figures, floorFigures] = [await cancelOne(client, watcher), await floor.cancelOne(watcher)];
    if (index < WARM_UP) continue;
    ours.push(figures);
    bare.push(floorFigures);
    if (process.stderr.isTTY) process.stderr.write(`\r${index + 1 - WARM_UP} of ${count} cancels`);
  }
  floor.close();
  report(ours, bare);
} finally {
  await watcher.close();
  await system.stop();
  await rm(home, { recursive: true, force: true });
}

function report(ours: readonly CancelFigures[], bare: readonly { acknowledged: number; gone: number }[]): void {
  const floorGone = percentile(
    bare.map(({ gone }) => gone),
    0.5,
  );
  const row = (name: string, samples: readonly number[]): string[] => {
    const p50 = percentile(samples, 0.5);
    return [name, p50.toFixed(1), percentile(samples, 0.99).toFixed(1), `${(p50 / floorGone).toFixed(2)}×`];
  };
  const rows = [
    row(
      'floor: request → durable',
      bare.map(({ acknowledged }) => acknowledged),
    ),
    row(
      'floor: request → process gone',
      bare.map(({ gone }) => gone),
    ),
    row(
      'cancel: request → acknowledged',
      ours.map(({ acknowledged }) => acknowledged),
    ),
    row(
      'cancel: request → first signal',
      ours.map(({ firstSignal }) => firstSignal),
    ),
    row(
      'cancel: request → last process gone',
      ours.map(({ gone }) => gone),
    ),
    row(
      'cancel: request → certificate',
      ours.map(({ certificate }) => certificate),
    ),
    row(
      'submit → running',
      ours.map(({ running }) => running),
    ),
  ];
  process.stderr.write('\n');
  console.log(
    `${ours.length} cancels of a running sleep through REST; ms; ratio of p50 to the floor's "process gone"\n`,
  );
  console.log(formatTable(['', 'p50', 'p99', 'p50/floor'], rows));
  console.log(`\n${writeResults('cancel', { ours, floor: bare })}`);
}
