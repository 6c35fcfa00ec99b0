import type { Logger } from '../logging/logger.js';
import type { Tracing } from './tracing.js';

/**
 * Tracing as OpenTelemetry's standard variables ask for it; null when they do not: then nothing of OpenTelemetry is even loaded.
 * @param service `service.name` unless OTEL_SERVICE_NAME says otherwise
 */
export async function openTracing(service: string, env: NodeJS.ProcessEnv, logger: Logger): Promise<Tracing | null> {
  if (!isAskedFor(env)) return null;
  const protocol = env['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL'] || env['OTEL_EXPORTER_OTLP_PROTOCOL'] || 'http/protobuf';
  if (protocol !== 'http/protobuf') {
    logger.warn({ protocol }, 'traces are not exported: only http/protobuf is spoken');
    return null;
  }
  const { startTracing } = await import('./start-tracing.js');
  return startTracing(service, logger);
}

/** An endpoint must be named: the specification's default, a collector on this machine, would be called in vain on most. */
export function isAskedFor(env: NodeJS.ProcessEnv): boolean {
  const endpoint = env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] || env['OTEL_EXPORTER_OTLP_ENDPOINT'];
  const disabled = env['OTEL_SDK_DISABLED']?.toLowerCase() === 'true';
  const exporter = env['OTEL_TRACES_EXPORTER'] || 'otlp';
  return Boolean(endpoint) && !disabled && exporter === 'otlp';
}
