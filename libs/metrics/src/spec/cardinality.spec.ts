import { describe, expect, it } from '@jest/globals';
import { combinations } from '../define/labels.js';
import { everyMetric } from './every-metric.js';

/** Label combinations of one metric in one process. Buckets come on top, for histograms. */
const MOST = { counter: 48, gauge: 12, histogram: 12 } as const;

describe.each(everyMetric())('$name', ({ name, type, help, labels }) => {
  it('has few series', () => expect(combinations(labels).length).toBeLessThanOrEqual(MOST[type]));

  it('is named as Prometheus names things: what is counted ends in _total, times are in seconds', () => {
    expect(name).toMatch(/^(cancellations?|runners|necrocode)_[a-z_]+$/);
    expect(name.endsWith('_total')).toBe(type === 'counter');
    expect(name).not.toMatch(/_(ms|millis|minutes|hours|kb|mb)(_|$)/);
    if (type === 'histogram') expect(name).toMatch(/_seconds$/);
  });

  it('has no label that users or time could fill', () =>
    expect(
      Object.keys(labels).filter((label) => /id$|queue|pool|label|owner|user|name|path|text/i.test(label)),
    ).toEqual([]));

  it('says what it is', () => expect(help.length).toBeGreaterThan(15));
});

describe('the metrics', () => {
  it('are declared once each', () => {
    const names = everyMetric().map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
  });

  it('keep the names they were asked for by', () =>
    expect(everyMetric().map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'cancellation_requests_total',
        'cancellation_duration_seconds',
        'cancellation_failures_total',
        'runners_terminated_total',
      ]),
    ));

  it('are few enough together to be scraped every few seconds', () => {
    const series = everyMetric().reduce(
      (sum, { labels, type }) => sum + combinations(labels).length * (type === 'histogram' ? 21 : 1),
      0,
    );
    expect(series).toBeLessThan(1_000);
  });
});
