import { Worker } from 'node:worker_threads';
import { merged, type SeedFailure, type SeedsResult } from '../run/run-seeds.js';
import type { Share } from './worker.js';

type Message =
  | { readonly kind: 'history'; readonly failure: SeedFailure | null }
  | { readonly kind: 'result'; readonly result: SeedsResult };

/** Divides the seeds among threads. @param onHistory called after each history */
export async function runWorkers(
  { from, seeds, workers }: { readonly from: number; readonly seeds: number; readonly workers: number },
  onHistory: (failure: SeedFailure | null) => void,
): Promise<SeedsResult> {
  const shares = Array.from({ length: Math.min(workers, seeds) }, (_, index): Share => ({
    from: from + index,
    seeds: Math.ceil((seeds - index) / workers),
    step: workers,
  }));
  return merged(await Promise.all(shares.map((share) => runShare(share, onHistory))));
}

function runShare(share: Share, onHistory: (failure: SeedFailure | null) => void): Promise<SeedsResult> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: share });
    worker.on('message', (message: Message) => {
      if (message.kind === 'history') onHistory(message.failure);
      else resolve(message.result);
    });
    worker.on('error', reject);
    worker.on('exit', (code) => reject(new Error(`a worker ended early (${code})`)));
  });
}
