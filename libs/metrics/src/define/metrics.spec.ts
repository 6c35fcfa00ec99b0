import { describe, expect, it } from '@jest/globals';
import { Metrics } from './metrics.js';

const linesOf = async (metrics: Metrics): Promise<string[]> =>
  (await metrics.exposition()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));

describe('a counter', () => {
  it('has every series from the start, so that the first event is an increase', async () => {
    const metrics = new Metrics();
    const count = metrics.counter({ name: 'kills_total', help: 'kills', labels: { how: ['soft', 'hard'] } });
    expect(await linesOf(metrics)).toEqual(['kills_total{how="soft"} 0', 'kills_total{how="hard"} 0']);
    count({ how: 'hard' });
    count({ how: 'hard' }, 2);
    expect(await linesOf(metrics)).toContain('kills_total{how="hard"} 3');
  });

  it('without labels does as well', async () => {
    const metrics = new Metrics();
    metrics.counter({ name: 'kills_total', help: 'kills' });
    expect(await linesOf(metrics)).toEqual(['kills_total 0']);
  });
});

describe('a duration', () => {
  it('is taken in milliseconds and exposed in seconds', async () => {
    const metrics = new Metrics();
    const observe = metrics.durations({ name: 'gone_seconds', help: 'gone' });
    observe({}, 4);
    const lines = await linesOf(metrics);
    expect(lines).toContain('gone_seconds_sum 0.004');
    expect(lines).toContain('gone_seconds_bucket{le="0.0025"} 0');
    expect(lines).toContain('gone_seconds_bucket{le="0.005"} 1');
  });

  it('has buckets from a millisecond to ten minutes', async () => {
    const metrics = new Metrics();
    metrics.durations({ name: 'gone_seconds', help: 'gone', labels: { scope: ['job'] } });
    const bounds = (await linesOf(metrics)).flatMap((line) => /le="([^"]+)"/.exec(line)?.[1] ?? []);
    expect([bounds[0], bounds.at(-2), bounds.at(-1)]).toEqual(['0.001', '600', '+Inf']);
  });
});

describe('a gauge', () => {
  it('is measured when it is asked for', async () => {
    const metrics = new Metrics();
    const depth = metrics.gauge({ name: 'depth', help: 'depth' });
    let value = 1;
    metrics.measure([depth], () => depth.set({}, value));
    expect(await linesOf(metrics)).toEqual(['depth 1']);
    value = 7;
    expect(await linesOf(metrics)).toEqual(['depth 7']);
  });

  it('has no value rather than an old one when it cannot be measured, and holds nothing else up', async () => {
    const metrics = new Metrics();
    const depth = metrics.gauge({ name: 'depth', help: 'depth' });
    const slots = metrics.gauge({ name: 'slots', help: 'slots', labels: { status: ['free'] } });
    const other = metrics.gauge({ name: 'other', help: 'other' });
    let works = true;
    metrics.measure([depth, slots], () => {
      if (!works) throw new Error('the database is away');
      depth.set({}, 3);
      slots.set({ status: 'free' }, 2);
    });
    metrics.measure([other], () => other.set({}, 1));
    expect(await linesOf(metrics)).toEqual(['depth 3', 'slots{status="free"} 2', 'other 1']);
    works = false;
    expect(await linesOf(metrics)).toEqual(['other 1']);
    works = true;
    expect(await linesOf(metrics)).toContain('depth 3');
  });

  it('shares one look between those who ask at once', async () => {
    const metrics = new Metrics();
    const depth = metrics.gauge({ name: 'depth', help: 'depth' });
    let looks = 0;
    metrics.measure([depth], async () => {
      looks += 1;
      await Promise.resolve();
      depth.set({}, looks);
    });
    const both = await Promise.all([linesOf(metrics), linesOf(metrics)]);
    expect(both).toEqual([['depth 1'], ['depth 1']]);
    expect(await linesOf(metrics)).toEqual(['depth 2']);
  });
});
