import type { OtlpSpan, OtlpTrace } from '@necrocode/contracts';

/** A span with what is shown of it. */
export interface TracedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | null;
  readonly name: string;
  readonly service: string;
  /** Nanoseconds since 1970. */
  readonly start: bigint;
  readonly end: bigint;
  readonly failed: boolean;
  /** Attributes as texts. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly events: readonly { readonly name: string; readonly attributes: ReadonlyMap<string, string> }[];
  readonly links: readonly { readonly traceId: string; readonly attributes: ReadonlyMap<string, string> }[];
}

/** The spans of a trace in the order they began; of those that began together the one that was over first. */
export function spansOf({ resourceSpans }: OtlpTrace): readonly TracedSpan[] {
  const spans = resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = textsOf(resource.attributes).get('service.name') ?? '';
    return scopeSpans.flatMap((scope) => scope.spans.map((span) => tracedSpan(span, service)));
  });
  return spans.sort((one, other) => Number(one.start - other.start) || Number(one.end - other.end));
}

function tracedSpan(span: OtlpSpan, service: string): TracedSpan {
  const { traceId, spanId, parentSpanId, name, startTimeUnixNano, endTimeUnixNano, status } = span;
  return {
    traceId,
    spanId,
    parentSpanId: parentSpanId ?? null,
    name,
    service,
    start: BigInt(startTimeUnixNano),
    end: BigInt(endTimeUnixNano),
    failed: status.code === 2,
    attributes: textsOf(span.attributes),
    events: span.events.map((event) => ({ name: event.name, attributes: textsOf(event.attributes) })),
    links: span.links.map((link) => ({ traceId: link.traceId, attributes: textsOf(link.attributes) })),
  };
}

function textsOf(attributes: OtlpSpan['attributes']): ReadonlyMap<string, string> {
  return new Map(attributes.map(({ key, value }) => [key, String(Object.values(value)[0] ?? '')]));
}
