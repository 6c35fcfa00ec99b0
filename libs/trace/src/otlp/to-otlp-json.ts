import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { Span } from '../span.js';
import { readableSpans } from './readable-span.js';

/** An `ExportTraceServiceRequest` in OTLP's JSON encoding: what a collector takes at `/v1/traces`. */
export function toOtlpJson(spans: readonly Span[]): string {
  return new TextDecoder().decode(JsonTraceSerializer.serializeRequest(readableSpans(spans)));
}
