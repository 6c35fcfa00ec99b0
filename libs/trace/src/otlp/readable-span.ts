import {
  type Attributes as OtelAttributes,
  type HrTime,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
} from '@opentelemetry/api';
import { type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { conventional } from '../attributes.js';
import { instantOf } from '../instant.js';
import type { Span } from '../span.js';

const SCOPE = { name: 'necrocode' };
const NANOS = 1_000_000_000n;

/** As OpenTelemetry's exporters and serializers take them. */
export function readableSpans(spans: readonly Span[], shared: OtelAttributes = {}): ReadableSpan[] {
  // Exporters group by identity: one resource for each service, and for each runner.
  const resources = new Map<string, Resource>();
  return spans.map((span) => {
    const key = `${span.service} ${span.instance ?? ''}`;
    const resource = resources.get(key) ?? resourceOf(span, shared);
    resources.set(key, resource);
    return readableSpan(span, resource);
  });
}

function resourceOf({ service, instance }: Span, shared: OtelAttributes): Resource {
  return resourceFromAttributes({
    ...shared,
    [conventional.serviceNamespace]: 'necrocode',
    [conventional.serviceName]: service,
    ...(instance === null ? {} : { [conventional.serviceInstanceId]: instance }),
  });
}

function readableSpan(span: Span, resource: Resource): ReadableSpan {
  const { traceId, parentSpanId, error } = span;
  const contextOf = (spanId: string, sampled = true) => ({
    traceId,
    spanId,
    traceFlags: sampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
  });
  return {
    name: span.name,
    kind: SpanKind.INTERNAL,
    spanContext: () => contextOf(span.spanId),
    ...(parentSpanId === null ? {} : { parentSpanContext: contextOf(parentSpanId) }),
    startTime: hrTimeOf(instantOf(span.startedAt)),
    endTime: hrTimeOf(instantOf(span.endedAt)),
    duration: hrTimeOf(instantOf(span.endedAt) - instantOf(span.startedAt)),
    status: error === null ? { code: SpanStatusCode.UNSET } : { code: SpanStatusCode.ERROR, message: error },
    attributes: { ...span.attributes, ...(error === null ? {} : { [conventional.errorType]: error }) },
    events: span.notes.map(({ name, at, attributes }) => ({ name, time: hrTimeOf(instantOf(at)), attributes })),
    links: span.links.map(({ sampled, attributes, ...link }) => ({
      context: { ...contextOf(link.spanId, sampled), traceId: link.traceId },
      attributes,
    })),
    ended: true,
    resource,
    instrumentationScope: SCOPE,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

function hrTimeOf(instant: bigint): HrTime {
  return [Number(instant / NANOS), Number(instant % NANOS)];
}
