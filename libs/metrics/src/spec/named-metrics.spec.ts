import { describe, expect, it } from '@jest/globals';
import { namedLabels, namedMetrics } from './named-metrics.js';

describe('the metrics an expression names', () => {
  it.each([
    ['max(cancellations_stalled) > 0', ['cancellations_stalled']],
    ['sum by (outcome) (increase(failures_total{outcome="partial"}[15m])) > 3', ['failures_total']],
    ['a:b:ratio30m > 0.2 and sum(rate(kills_total[5m])) >= 5', ['a:b:ratio30m', 'kills_total']],
    [
      'histogram_quantile(0.95, sum by (step, le) (rate(step_seconds_bucket[$__rate_interval])))',
      ['step_seconds_bucket'],
    ],
    ['up{job="necrocode"} == 0', ['up']],
  ])('%s', (expression, named) => expect(namedMetrics(expression)).toEqual(named));
});

describe('the labels an expression selects by', () => {
  it('are told with each value', () =>
    expect(namedLabels('sum(a{status=~"lost|quarantined", kind="job"}) / max(b{le="1"})')).toEqual([
      { metric: 'a', label: 'status', values: ['lost', 'quarantined'] },
      { metric: 'a', label: 'kind', values: ['job'] },
      { metric: 'b', label: 'le', values: ['1'] },
    ]));
});
