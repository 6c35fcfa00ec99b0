import { percentile } from '../measure/statistics.js';
import { benchEvent, type BenchStore } from './store.js';

const CALLERS = 16;
const BATCH = 10_000;
const PAGE = 1_000;
/** A job's stream is short: so many events, then a new one. */
const STREAM_LENGTH = 10;

export interface RoundFigures {
  readonly sequentialP50Ms: number;
  readonly sequentialP99Ms: number;
  readonly concurrentPerSecond: number;
  readonly concurrentP99Ms: number;
  readonly batchPerSecond: number;
  readonly streamReplayPerSecond: number;
  readonly allReplayPerSecond: number;
}

let streams = 0;
const freshStream = (): string => `execution-${process.pid}-${++streams}`;

/** One round of all scenarios on one store. `scale` 1 is the full size. */
export async function runRound(store: BenchStore, scale: number): Promise<RoundFigures> {
  await appendOneByOne(store, 50);
  const sequential = await appendOneByOne(store, 2_000 * scale);
  const concurrent = await appendConcurrently(store, 4_000 * scale);
  const stream = freshStream();
  const batchPerSecond = await timed(BATCH, () => store.append(stream, 0, Array.from({ length: BATCH }, benchEvent)));
  const streamReplayPerSecond = await timed(BATCH, () => expectCount(BATCH, store.readStream(stream)));
  const startedAt = performance.now();
  const read = (await store.readAll?.(PAGE)) ?? Number.NaN;
  return {
    sequentialP50Ms: percentile(sequential, 0.5),
    sequentialP99Ms: percentile(sequential, 0.99),
    ...concurrent,
    batchPerSecond,
    streamReplayPerSecond,
    allReplayPerSecond: (read / (performance.now() - startedAt)) * 1000,
  };
}

/** @returns the time of each append, ms */
async function appendOneByOne(store: BenchStore, appends: number): Promise<number[]> {
  const times: number[] = [];
  let stream = '';
  for (let n = 0; n < appends; n++) {
    const version = n % STREAM_LENGTH;
    if (version === 0) stream = freshStream();
    const event = benchEvent();
    const startedAt = performance.now();
    await store.append(stream, version, [event]);
    times.push(performance.now() - startedAt);
  }
  return times;
}

async function appendConcurrently(
  store: BenchStore,
  forMs: number,
): Promise<{ concurrentPerSecond: number; concurrentP99Ms: number }> {
  const startedAt = performance.now();
  const callers = Array.from({ length: CALLERS }, async () => {
    const times: number[] = [];
    while (performance.now() - startedAt < forMs) times.push(...(await appendOneByOne(store, STREAM_LENGTH)));
    return times;
  });
  const times = (await Promise.all(callers)).flat();
  return {
    concurrentPerSecond: (times.length / (performance.now() - startedAt)) * 1000,
    concurrentP99Ms: percentile(times, 0.99),
  };
}

async function timed(events: number, work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (events / (performance.now() - startedAt)) * 1000;
}

async function expectCount(expected: number, reading: Promise<number>): Promise<void> {
  const read = await reading;
  if (read !== expected) throw new Error(`read ${read} events, not ${expected}`);
}
