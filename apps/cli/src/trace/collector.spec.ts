import { describe, expect, it } from '@jest/globals';
import { collectorOf } from './collector.js';

describe('where a trace is sent', () => {
  it.each([
    [undefined, {}, 'http://localhost:4318/v1/traces'],
    [undefined, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://otel:4318' }, 'http://otel:4318/v1/traces'],
    [undefined, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://otel/base/' }, 'http://otel/base/v1/traces'],
    [
      undefined,
      { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://otel/x', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://no' },
      'http://otel/x',
    ],
    ['http://typed:1', { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://otel/x' }, 'http://typed:1/v1/traces'],
    ['http://typed:1/custom', {}, 'http://typed:1/custom'],
  ])('typed %s, environment %j: %s', (typed, env, url) => {
    expect(collectorOf(typed, env).url).toBe(url);
  });

  it('is refused when it is no http address', () => {
    expect(() => collectorOf('localhost:4318', {})).toThrow('"localhost:4318" is no http address.');
  });

  it('brings the headers of the environment, those for traces over the general ones', () => {
    const env = { OTEL_EXPORTER_OTLP_HEADERS: 'a=1, b=two%20words,=x', OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'a=%zz' };
    expect(collectorOf(undefined, env).headers).toEqual({ a: '%zz', b: 'two words' });
  });

  it('has the time the environment gives it', () => {
    expect(collectorOf(undefined, {}).timeoutMs).toBe(10_000);
    expect(collectorOf(undefined, { OTEL_EXPORTER_OTLP_TIMEOUT: '250' }).timeoutMs).toBe(250);
  });
});
