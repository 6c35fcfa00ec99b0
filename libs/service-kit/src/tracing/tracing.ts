import type { Span } from '@necrocode/trace';

export type SpanAttributes = Readonly<Record<string, string | number>>;

/** Work of this process that somebody waits for. */
export interface RequestSpan {
  /** Low cardinality: a route, a command; never an id. */
  readonly name: string;
  readonly attributes: SpanAttributes;
}

export interface OpenSpan {
  /** W3C trace context to pass on: of the span when it is recorded, else of whatever stands above it. */
  readonly traceparent: string;
  /** @param error what its type is called; null when nothing went wrong */
  end(error: string | null, attributes?: SpanAttributes): void;
}

/** Records the requests this process answers, and exports spans over OTLP. There is none unless an endpoint is set. */
export interface Tracing {
  /** @param parent the caller's trace context; a malformed one counts as none */
  begin(span: RequestSpan, parent: string | undefined): OpenSpan;
  /** Exports spans made from events. @throws when the collector has not taken them */
  export(spans: readonly Span[]): Promise<void>;
  /** Exports what is left. Never throws. */
  close(): Promise<void>;
}
