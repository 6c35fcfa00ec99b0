import { diag, DiagLogLevel, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, TraceFlags } from '@opentelemetry/api';
import { ExportResultCode } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-base';
import { conventional, formatTraceparent, parseTraceparent, type Span } from '@necrocode/trace';
import { readableSpans } from '@necrocode/trace/otlp';
import type { Logger } from '../logging/logger.js';
import type { OpenSpan, RequestSpan, SpanAttributes, Tracing } from './tracing.js';

/** The only module that loads OpenTelemetry's SDK. Endpoint, headers, time-outs, sampler and resource are read from OTEL_* by it. */
export function startTracing(service: string, logger: Logger): Tracing {
  diag.setLogger(diagnostics(logger), { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  const exporter = new OTLPTraceExporter();
  const configured = detectResources({ detectors: [envDetector] });
  const resource = resourceFromAttributes({
    [conventional.serviceNamespace]: 'necrocode',
    [conventional.serviceName]: service,
    [conventional.processPid]: process.pid,
  }).merge(configured);
  const provider = new BasicTracerProvider({ resource, spanProcessors: [new BatchSpanProcessor(exporter)] });
  const tracer = provider.getTracer('necrocode');
  return {
    begin: (span, parent) => begin(tracer, span, parent),
    export: (spans) => exportSpans(exporter, spans, configured.attributes),
    close: () => provider.shutdown().catch((error: unknown) => logger.warn({ err: error }, 'spans were lost')),
  };
}

function begin(
  tracer: ReturnType<BasicTracerProvider['getTracer']>,
  { name, attributes }: RequestSpan,
  parent: string | undefined,
): OpenSpan {
  const above = parseTraceparent(parent);
  // A trace that has no span yet begins with the cancellation: its root is not this request.
  if (above?.spanId === null) return { traceparent: formatTraceparent(above), end: () => undefined };
  const context = above
    ? trace.setSpanContext(ROOT_CONTEXT, {
        traceId: above.traceId,
        spanId: above.spanId,
        traceFlags: above.sampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
        isRemote: true,
      })
    : ROOT_CONTEXT;
  const span = tracer.startSpan(name, { kind: SpanKind.SERVER, attributes }, context);
  const { traceId, spanId } = span.spanContext();
  const recorded = span.isRecording();
  return {
    traceparent: formatTraceparent({ traceId, spanId: recorded ? spanId : (above?.spanId ?? null), sampled: recorded }),
    end: (error: string | null, more: SpanAttributes = {}) => {
      span.setAttributes(more);
      if (error !== null) {
        span.setAttribute(conventional.errorType, error);
        span.setStatus({ code: SpanStatusCode.ERROR, message: error });
      }
      span.end();
    },
  };
}

/** Spans of several services at once: what OTEL_SERVICE_NAME says of this one is not said of them. */
function exportSpans(
  exporter: SpanExporter,
  spans: readonly Span[],
  configured: Parameters<typeof readableSpans>[1],
): Promise<void> {
  return new Promise((resolve, reject) => {
    exporter.export(readableSpans(spans, configured), ({ code, error }) => {
      if (code === ExportResultCode.SUCCESS) resolve();
      else reject(error ?? new Error('the collector did not take the spans'));
    });
  });
}

/** What the SDK has to say: mostly that a collector is away. Once each time, without the spans. */
function diagnostics(logger: Logger) {
  const quiet = (): void => undefined;
  const warn = (message: string): void => logger.warn({ opentelemetry: message.slice(0, 500) }, 'opentelemetry');
  return { error: warn, warn, info: quiet, debug: quiet, verbose: quiet };
}
