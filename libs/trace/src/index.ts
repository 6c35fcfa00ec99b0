export { conventional } from './attributes.js';
export { spanIdOf } from './context/span-id.js';
export {
  continueTrace,
  formatTraceparent,
  newTrace,
  parseTraceparent,
  type TraceContext,
  traceIdOf,
} from './context/traceparent.js';
export { recordedWithin } from './in-order.js';
export { keepsTrace } from './keep-trace.js';
export { openedBy, readTrace } from './read-trace.js';
export { partContextOf, type RootContext, rootContextOf, type TracePart } from './root-context.js';
export type { Span } from './span.js';
export { tell } from './told.js';
