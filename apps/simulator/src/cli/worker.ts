import { parentPort, workerData } from 'node:worker_threads';
import { runSeeds } from '../run/run-seeds.js';

/** What a worker is given: its share of the seeds. */
export interface Share {
  readonly from: number;
  readonly seeds: number;
  readonly step: number;
}

function* seedsOf({ from, seeds, step }: Share): Generator<number> {
  for (let index = 0; index < seeds; index++) yield from + index * step;
}

// Cast: what run-workers.ts gives.
const result = await runSeeds(seedsOf(workerData as Share), (failure) =>
  parentPort?.postMessage({ kind: 'history', failure }),
);
parentPort?.postMessage({ kind: 'result', result });
