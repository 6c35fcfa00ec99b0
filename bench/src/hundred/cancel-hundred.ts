import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { NecrocodeClient } from '@necrocode/client';

/** ms from the request to each moment, seen from outside. */
export interface HundredFigures {
  readonly gone: number;
  readonly certificate: number;
  /** What each read of the status took while it was cancelled. */
  readonly reads: readonly number[];
  /** What each request to a process that has nothing to do took meanwhile. */
  readonly floor: readonly number[];
}

const EXECUTIONS = 100;
const BETWEEN_READS_MS = 5;

/** @param idleUrl answered by a process that has nothing to do */
export async function cancelHundred(client: NecrocodeClient, idleUrl: string): Promise<HundredFigures> {
  const tasks = Array.from({ length: EXECUTIONS }, (_, index) => ({ key: `t${index}`, command: ['sleep', '1000'] }));
  const { jobId } = await client.submitJob({ name: 'bench', tasks });
  for (;;) {
    const job = await client.getJob(jobId);
    if (job.tasks.every(({ status }) => status === 'running')) break;
    await pause(50);
  }
  const pids = pidsOf(jobId);
  if (pids.length !== EXECUTIONS) throw new Error(`${pids.length} processes run`);
  await pause(500);
  const requestedAt = performance.now();
  const { cancellationId } = await client.cancelJob(jobId);
  if (cancellationId === null) throw new Error('nothing to cancel');
  const reads: number[] = [];
  const over = new AbortController();
  const floor = requestsTo(idleUrl, over.signal);
  let gone: number | undefined;
  for (;;) {
    const before = performance.now();
    const { certificate } = await client.getCancellation(cancellationId);
    reads.push(performance.now() - before);
    if (gone === undefined && !pids.some(isAlive)) gone = performance.now() - requestedAt;
    if (certificate && gone !== undefined) {
      over.abort();
      return { gone, certificate: certificate.completedAfterMs, reads, floor: await floor };
    }
    await pause(BETWEEN_READS_MS);
  }
}

async function requestsTo(url: string, over: AbortSignal): Promise<readonly number[]> {
  const took: number[] = [];
  while (!over.aborted) {
    const before = performance.now();
    await (await fetch(url)).text();
    took.push(performance.now() - before);
    await pause(BETWEEN_READS_MS);
  }
  return took;
}

function pidsOf(jobId: string): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && read(`/proc/${name}/environ`).includes(`NECROCODE_JOB_ID=${jobId}`))
    .map(Number);
}

function isAlive(pid: number): boolean {
  const stat = read(`/proc/${pid}/stat`);
  const state = stat.slice(stat.lastIndexOf(')') + 2)[0];
  return state !== undefined && state !== 'Z' && state !== 'X';
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // Gone.
  }
}
