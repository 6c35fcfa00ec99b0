import { isLater } from './instant.js';
import type { Span } from './span.js';

type Ended = Pick<Span, 'traceId' | 'spanId' | 'parentSpanId' | 'name' | 'startedAt' | 'endedAt' | 'recordedAt'> &
  Partial<Span>;

/** A span of the cancellation-service unless said otherwise. Clocks of two hosts may disagree: it never ends before it starts. */
export function span(ended: Ended): Span {
  const { startedAt, endedAt } = ended;
  return {
    service: 'cancellation-service',
    instance: null,
    error: null,
    attributes: {},
    notes: [],
    links: [],
    ...ended,
    endedAt: isLater(startedAt, endedAt) ? startedAt : endedAt,
  };
}
