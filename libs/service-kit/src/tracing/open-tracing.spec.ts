import { describe, expect, it } from '@jest/globals';
import { createLogger } from '../logging/logger.js';
import { isAskedFor, openTracing } from './open-tracing.js';

const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' };

describe('tracing', () => {
  it.each([
    [{}, false],
    [endpoint, true],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:4318/v1/traces' }, true],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: '' }, false],
    [{ ...endpoint, OTEL_SDK_DISABLED: 'TRUE' }, false],
    [{ ...endpoint, OTEL_SDK_DISABLED: 'false' }, true],
    [{ ...endpoint, OTEL_TRACES_EXPORTER: 'none' }, false],
    [{ ...endpoint, OTEL_TRACES_EXPORTER: 'otlp' }, true],
  ])('is asked for by an endpoint that is not switched off: %j %s', (env, asked) => {
    expect(isAskedFor(env)).toBe(asked);
  });

  it('is left out, and says so, where another protocol is asked for', async () => {
    const env = { ...endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' };
    expect(await openTracing('spec', env, createLogger('spec', 'silent'))).toBeNull();
  });
});
