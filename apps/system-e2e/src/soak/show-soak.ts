import type { Usage } from './resources.js';

export interface SoakReport {
  readonly seed: number;
  readonly minutes: number;
  readonly told: ReadonlyMap<string, number>;
  readonly kills: ReadonlyMap<string, number>;
  readonly jobs: number;
  readonly events: number;
  /** At rest between rounds of load, oldest first. */
  readonly looks: readonly ReadonlyMap<string, Usage>[];
  /** By the question they answer; empty: it holds. */
  readonly faults: ReadonlyMap<string, readonly string[]>;
}

export function showSoak(report: SoakReport): string {
  const { seed, minutes, told, kills, jobs, events, looks, faults } = report;
  const [first, last] = [looks[0], looks.at(-1)];
  const rows = [...(first ?? new Map<string, Usage>())].map(([name, before]) => {
    const after = last?.get(name) ?? before;
    const memory = `${before.rssMiB.toFixed(0)} → ${after.rssMiB.toFixed(0)}`;
    return `  ${name.padEnd(22)}${String(kills.get(name) ?? 0).padStart(5)}   ${memory.padStart(11)}   ${before.openFiles} → ${after.openFiles}`;
  });
  return [
    `seed ${seed}, ${minutes} min: ${jobs} jobs, ${events} events; ${counts(told)}`,
    '',
    `  ${'process'.padEnd(22)}kills   memory, MiB   open files`,
    ...rows,
    '',
    ...[...faults].flatMap(([question, found]) => [
      `  ${found.length === 0 ? 'ok' : '✗ '}  ${question}`,
      ...found.slice(0, 20).map((fault) => `        ${fault}`),
    ]),
  ].join('\n');
}

function counts(told: ReadonlyMap<string, number>): string {
  return [...told].map(([name, times]) => `${times} ${name}`).join(', ');
}
