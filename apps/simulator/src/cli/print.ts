import type { HistoryResult } from '../run/run-history.js';
import type { Scenario } from '../scenario/scenario.js';

/** What happened, line by line, and what came of it. */
export function historyText(scenario: Scenario, { told, failure, steps, events }: HistoryResult): string {
  const lines = told.map(
    ({ atMs, who, what }) => `${(atMs / 1000).toFixed(4).padStart(9)} s  ${who.padEnd(21)} ${what}`,
  );
  return [
    `scenario ${JSON.stringify(scenario)}`,
    '',
    ...lines,
    '',
    failure === null ? `holds: ${events} events in ${steps} steps` : `BROKEN  ${failure}`,
  ].join('\n');
}
