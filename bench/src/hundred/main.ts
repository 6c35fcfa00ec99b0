/**
 * One hundred running executions on one runner, cancelled as one job, while another caller keeps asking for the cancellation's
 * status and a third for the health of a process that has nothing to do, the floor. `npm run bench -- hundred [rounds]` (20 by default).
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NecrocodeClient } from '@necrocode/client';
import { readSystemState, startSystem } from '@necrocode/local-system';
import { percentile } from '../measure/statistics.js';
import { formatTable } from '../measure/table.js';
import { writeResults } from '../measure/write-results.js';
import { cancelHundred, type HundredFigures } from './cancel-hundred.js';

const rounds = Number(process.argv[2] ?? 20);
const home = await mkdtemp(join(tmpdir(), 'necrocode-bench-'));
const system = await startSystem({ home, env: { LOG_LEVEL: 'warn', RUNNER_CAPACITY: '100' } });
try {
  const client = new NecrocodeClient({ baseUrl: system.gatewayUrl, token: system.token, timeoutMs: 120_000 });
  const results: HundredFigures[] = [];
  const idle = (await readSystemState(home))?.processes.find(({ name }) => name === 'notifier');
  if (!idle?.healthUrl) throw new Error('the system tells of no notifier');
  const idleUrl = `${idle.healthUrl}/healthz`;
  await cancelHundred(client, idleUrl);
  for (let round = 0; round < rounds; round++) {
    results.push(await cancelHundred(client, idleUrl));
    if (process.stderr.isTTY) process.stderr.write(`\r${round + 1} of ${rounds} rounds`);
  }
  report(results);
} finally {
  await system.stop();
  await rm(home, { recursive: true, force: true });
}

function report(results: readonly HundredFigures[]): void {
  const row = (name: string, samples: readonly number[]): string[] => [
    name,
    String(samples.length),
    percentile(samples, 0.5).toFixed(1),
    percentile(samples, 0.99).toFixed(1),
  ];
  const rows = [
    row(
      'request → last of 100 processes gone',
      results.map(({ gone }) => gone),
    ),
    row(
      'request → certificate',
      results.map(({ certificate }) => certificate),
    ),
    row(
      'cancellation-status meanwhile',
      results.flatMap(({ reads }) => reads),
    ),
    row(
      'floor: health of an idle process meanwhile',
      results.flatMap(({ floor }) => floor),
    ),
  ];
  console.log('100 cooperative executions on one runner, cancelled as one job; ms\n');
  console.log(formatTable(['', 'samples', 'p50', 'p99'], rows));
  console.log(`\n${writeResults('hundred', results)}`);
}
