import { type Victim, VICTIMS } from '../faults/victims.js';
import { MOMENTS, SHARES_APPEND_OF, type Moment } from './moments.js';
import type { CellResult } from './run-cell.js';

const SHORT: Readonly<Record<Victim, string>> = {
  gateway: 'gateway',
  dispatcher: 'dispatcher',
  'runner-monitor': 'monitor',
  'cancellation-service': 'cancellation',
  'artifact-cleaner': 'cleaner',
  'runner-1': 'runner',
  'nats-server': 'nats',
  postgresql: 'postgres',
};

/** A row for each append, a column for each victim; in a cell the recovery after a kill before and after it, s; ✗ where something is wrong. */
export function showMatrix(results: readonly CellResult[]): string {
  const rows = MOMENTS.filter((moment) => results.some(({ cell }) => cell.moment === moment)).map((moment) => [
    stepsOf(moment),
    `${SHORT[moment.by]}: ${moment.what.replace(/:[a-z-]+$/, '')}`,
    ...VICTIMS.map((victim) => pair(results, victim, moment)),
  ]);
  return align([['step', 'append', ...VICTIMS.map((victim) => SHORT[victim])], ...rows]);
}

export function summarise(results: readonly CellResult[]): string {
  const times = results.flatMap(({ recoveredAfterMs }) => recoveredAfterMs ?? []).sort((a, b) => a - b);
  const at = (share: number): string => seconds(times[Math.min(times.length - 1, Math.floor(times.length * share))]);
  const failed = results.filter(({ faults }) => faults.length > 0).length;
  return `${results.length} cells, ${failed} failed; recovery: median ${at(0.5)} s, 95 % within ${at(0.95)} s, longest ${at(1)} s`;
}

function pair(results: readonly CellResult[], victim: Victim, moment: Moment): string {
  const of = (when: string): string => {
    const result = results.find(({ cell }) => cell.victim === victim && cell.moment === moment && cell.when === when);
    if (!result) return '';
    return result.faults.length > 0 ? '✗' : seconds(result.recoveredAfterMs ?? undefined);
  };
  return [of('before'), of('after')].filter((text) => text !== '').join(' ');
}

function seconds(ms: number | undefined): string {
  return ms === undefined ? '–' : (ms / 1000).toFixed(1);
}

function stepsOf({ step, what }: Moment): string {
  const also = Object.entries(SHARES_APPEND_OF).flatMap(([other, shared]) =>
    shared === step && what === `StepCompleted:${step}` ? [other] : [],
  );
  return [step, ...also].join(', ');
}

function align(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map((row) =>
      row
        .map((text, column) => text.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
