import { readdirSync, readFileSync } from 'node:fs';
import type { NecrocodeClient } from '@necrocode/client';
import { pause } from './floor.js';
import { clock, type ProcessWatcher } from './process-watcher.js';

/** ms from the request to each moment; `running` from the submission. */
export interface CancelFigures {
  readonly running: number;
  readonly acknowledged: number;
  readonly firstSignal: number;
  readonly gone: number;
  readonly certificate: number;
}

export async function cancelOne(client: NecrocodeClient, watcher: ProcessWatcher): Promise<CancelFigures> {
  const submittedAt = clock();
  const { jobId } = await client.submitJob({ name: 'bench', tasks: [{ key: 'sleep', command: ['sleep', '1000'] }] });
  const running = (await eventTime(client, jobId, 'TaskStarted')) - submittedAt;
  const pid = pidOf(jobId);
  await pause();
  const gone = watcher.goneAt(pid);
  const requestedAt = clock();
  const { cancellationId } = await client.cancelJob(jobId);
  const acknowledged = clock() - requestedAt;
  if (cancellationId === null) throw new Error('nothing to cancel');
  const goneAt = await gone;
  for await (const event of client.watchCancellation(cancellationId)) {
    if (event.eventtype !== 'CancellationCompleted') continue;
    const { certificate } = await client.getCancellation(cancellationId);
    const signalledAt = certificate?.executions[0]?.signals[0]?.at;
    return {
      running,
      acknowledged,
      firstSignal: signalledAt === undefined ? Number.NaN : Date.parse(signalledAt) - requestedAt,
      gone: goneAt - requestedAt,
      certificate: Date.parse(event.time) - requestedAt,
    };
  }
  throw new Error(`cancellation ${cancellationId} ended without a certificate`);
}

async function eventTime(client: NecrocodeClient, jobId: string, type: string): Promise<number> {
  for await (const event of client.watchJob(jobId)) if (event.eventtype === type) return Date.parse(event.time);
  throw new Error(`job ${jobId} ended before ${type}`);
}

/** From the environment of the processes on this machine; not from the system under test. */
function pidOf(jobId: string): number {
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      if (readFileSync(`/proc/${name}/environ`, 'utf8').includes(`NECROCODE_JOB_ID=${jobId}`)) return Number(name);
    } catch {
      continue; // Gone, or not ours.
    }
  }
  throw new Error(`no process of job ${jobId}`);
}
