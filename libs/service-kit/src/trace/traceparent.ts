import { randomBytes } from 'node:crypto';

const FORM = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** W3C trace context of a new span: in the caller's trace when it brought a valid one, else in a new, sampled trace. */
export function continueTrace(parent?: string): string {
  const traceId = traceIdOf(parent) ?? randomBytes(16).toString('hex');
  const flags = FORM.exec(parent ?? '')?.[3] ?? '01';
  return `00-${traceId}-${randomBytes(8).toString('hex')}-${flags}`;
}

/** The trace id in a traceparent; null when there is none or it is malformed. */
export function traceIdOf(traceparent: string | undefined): string | null {
  const traceId = FORM.exec(traceparent ?? '')?.[1];
  return traceId && !/^0+$/.test(traceId) ? traceId : null;
}
