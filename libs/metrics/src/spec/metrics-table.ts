import type { ServedMetric } from './every-metric.js';

/** The table of docs/operations/metrics.md, which is what the code declares. */
export function metricsTable(metrics: readonly ServedMetric[]): string {
  const rows = metrics.map(({ name, type, labels, servedBy, help }) => {
    const named = Object.entries(labels).map(([label, values]) => `${label}: ${values.join(', ')}`);
    return `| \`${name}\` | ${type} | ${named.join('; ') || '–'} | ${servedBy} | ${help} |`;
  });
  return ['| metric | type | labels | served by | means |', '|---|---|---|---|---|', ...rows].join('\n');
}
