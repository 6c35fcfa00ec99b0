export { readableSpans } from './readable-span.js';
export { toOtlpJson } from './to-otlp-json.js';
