import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { everyMetric, seriesNames } from './every-metric.js';
import { metricsTable } from './metrics-table.js';
import { namedLabels, namedMetrics } from './named-metrics.js';

const read = (path: string): string => readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8');

const rules = z.object({
  groups: z.array(
    z.object({
      name: z.string(),
      rules: z.array(
        z.object({
          record: z.string().optional(),
          alert: z.string().optional(),
          expr: z.string(),
          labels: z.object({ severity: z.enum(['page', 'ticket']) }).optional(),
          annotations: z.object({ summary: z.string(), action: z.string() }).optional(),
        }),
      ),
    }),
  ),
});
const rulesOf = (path: string) => rules.parse(parse(read(path))).groups.flatMap((group) => group.rules);
const recording = rulesOf('deploy/prometheus/recording-rules.yml');
const alerts = rulesOf('deploy/prometheus/alert-rules.yml');

const targets = z.object({ targets: z.array(z.object({ expr: z.string() })).optional() });
const dashboard = z
  .object({ panels: z.array(targets) })
  .parse(JSON.parse(read('deploy/grafana/necrocode.json')))
  .panels.flatMap((panel) => (panel.targets ?? []).map(({ expr }) => expr));

/** What Prometheus itself and Node's client add. That the client has them is checked on a running system. */
const GIVEN = ['up', 'process_cpu_seconds_total', 'process_resident_memory_bytes', 'nodejs_eventloop_lag_p99_seconds'];
const known = new Set([
  ...everyMetric().flatMap(seriesNames),
  ...recording.flatMap(({ record }) => record ?? []),
  ...GIVEN,
]);
const unknownIn = (expressions: readonly string[]) =>
  expressions.flatMap(namedMetrics).filter((name) => !known.has(name));

/** Selected by a label, or by a value of one, that the metric never has: the answer is empty for ever, and looks like peace. */
const neverThere = (expressions: readonly string[]) =>
  expressions.flatMap(namedLabels).filter(({ metric, label, values }) => {
    if (GIVEN.includes(metric)) return false;
    const known = everyMetric().find((each) => seriesNames(each).includes(metric))?.labels[label] ?? [];
    return values.some((value) => !known.includes(value));
  });

describe('the rules', () => {
  it('name metrics that exist', () => expect(unknownIn([...recording, ...alerts].map(({ expr }) => expr))).toEqual([]));

  it('select by labels and values that exist', () =>
    expect(neverThere([...recording, ...alerts].map(({ expr }) => expr))).toEqual([]));

  it('that alert say how urgent it is, what is the case and what to do', () => {
    expect(alerts.length).toBeGreaterThan(0);
    for (const alert of alerts)
      expect(alert).toMatchObject({
        alert: expect.stringMatching(/^[A-Z]\w+$/),
        labels: { severity: expect.any(String) },
        annotations: { summary: expect.any(String), action: expect.any(String) },
      });
  });

  it('hear of what must never pass unheard', () =>
    expect(alerts.map(({ alert }) => alert)).toEqual(
      expect.arrayContaining([
        'CancellationFailures',
        'CancellationUnconfirmed',
        'CancellationStalled',
        'CancellationStuck',
        'ForcedKillRateHigh',
        'CleanupFailures',
        'RelayLag',
        'ConsumerLag',
        'ProjectionLag',
        'RunnerLost',
      ]),
    ));

  it('are each seen to fire, and not to, in rules.test.yml', () => {
    const tested = read('deploy/prometheus/rules.test.yml');
    for (const { alert } of alerts.filter((rule) => rule.alert !== undefined)) {
      expect(tested).toMatch(new RegExp(`alertname: ${alert}\\n\\s+exp_alerts:`));
      expect(tested).toContain(`alertname: ${alert} }`);
    }
  });
});

describe('the dashboard', () => {
  it('asks for metrics that exist', () => {
    expect(dashboard.length).toBeGreaterThan(0);
    expect(unknownIn(dashboard)).toEqual([]);
  });

  it('selects by labels and values that exist', () => expect(neverThere(dashboard)).toEqual([]));
});

describe('docs/operations/metrics.md', () => {
  it('lists every metric with its type, labels, who serves it and what it means', () =>
    expect(read('docs/operations/metrics.md')).toContain(metricsTable(everyMetric())));
});
