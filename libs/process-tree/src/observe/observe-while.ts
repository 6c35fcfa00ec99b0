import { type ProcessTable, readProcessTable } from '../proc/process-table.js';

const roundMs = 250;
/** At most this share of one core goes into looking, however full the process table is. */
const largestShare = 0.02;

/** Told of each look; `table` is read only if somebody wants it, and then once for all. */
export type Observer = (table: () => ProcessTable) => void;

const observers = new Set<Observer>();
let round: NodeJS.Timeout | undefined;

/** Has a look at the running trees now and then, so that their members are known before they scatter. */
export function observeWhile(observer: Observer): () => void {
  observers.add(observer);
  schedule(roundMs);
  return () => {
    observers.delete(observer);
    if (observers.size > 0) return;
    clearTimeout(round);
    round = undefined;
  };
}

function schedule(ms: number): void {
  round ??= setTimeout(look, ms).unref();
}

function look(): void {
  const startedAt = performance.now();
  let table: ProcessTable | undefined;
  for (const observer of observers) observer(() => (table ??= readProcessTable()));
  round = undefined;
  if (observers.size > 0) schedule(Math.max(roundMs, (performance.now() - startedAt) / largestShare));
}
