import type { Timestamp } from '@necrocode/domain';

/** Whose work a span is: `service.name` of its resource. */
export type SpanService = 'cancellation-service' | 'dispatcher' | 'runner' | 'artifact-cleaner';

/** Names from OpenTelemetry's semantic conventions where they exist, else `necrocode.…`. */
export type Attributes = Readonly<Record<string, string | number | boolean>>;

/** A moment within a span. */
export interface SpanNote {
  readonly name: string;
  readonly at: Timestamp;
  readonly attributes: Attributes;
}

/** Another span, mostly of another trace, that has to do with this one. */
export interface SpanLink {
  readonly traceId: string;
  readonly spanId: string;
  readonly sampled: boolean;
  readonly attributes: Attributes;
}

/** A span that has ended. It never changes any more: everything in it comes from events that were stored when it ended. */
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  /** null: the root of its trace. */
  readonly parentSpanId: string | null;
  readonly name: string;
  readonly service: SpanService;
  /** Which of them, where that is known: the runner's id. */
  readonly instance: string | null;
  readonly startedAt: Timestamp;
  readonly endedAt: Timestamp;
  /** When the event that ended it was stored: from then on it can be exported. */
  readonly recordedAt: Timestamp;
  /** What went wrong; null when nothing did. */
  readonly error: string | null;
  readonly attributes: Attributes;
  readonly notes: readonly SpanNote[];
  readonly links: readonly SpanLink[];
}
