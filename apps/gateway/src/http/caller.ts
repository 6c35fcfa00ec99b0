import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { continueTrace, traceIdOf } from '@necrocode/service-kit';
import type { FastifyRequest } from 'fastify';
import type { RequestSpans } from './request-spans.js';

/** Who asks, since when, in which trace: drawn up before anything else happens to a request. */
export interface Caller {
  /** `user:<name>`; goes on every event the request causes. */
  readonly principal: string;
  /** W3C trace context of this request. */
  readonly traceparent: string;
  /** The caller's own id of the request, else the trace id. */
  readonly requestId: string;
  /** When the request was in hand, RFC 3339. */
  readonly receivedAt: string;
}

/** Until there are accounts the one token stands for the one user of this machine. */
const PRINCIPAL = 'user:local';
const REQUEST_ID = /^[\w.:-]{1,128}$/;

const callers = new WeakMap<FastifyRequest, Caller>();

/**
 * Draws the caller up. A malformed trace context or request id is replaced, not refused.
 * @param spans what records the request; null when nothing does
 */
export function meetCaller(
  request: FastifyRequest,
  spans: Pick<RequestSpans, 'begin'> | null = null,
  now: () => Date = () => new Date(),
): Caller {
  const receivedAt = now().toISOString();
  const brought = single(request.headers['traceparent']);
  const traceparent = spans?.begin(request, brought) ?? continueTrace(brought);
  const asked = single(request.headers['x-request-id']);
  const requestId = asked !== undefined && REQUEST_ID.test(asked) ? asked : (traceIdOf(traceparent) ?? '');
  const caller = { principal: PRINCIPAL, traceparent, requestId, receivedAt };
  callers.set(request, caller);
  return caller;
}

/** @throws {TypeError} for a request that no hook has seen */
export function callerOf(request: FastifyRequest): Caller {
  const caller = callers.get(request);
  if (!caller) throw new TypeError('the request came past the hook that draws up its caller');
  return caller;
}

/** The parameter that gets the `Caller`. */
export const FromCaller = createParamDecorator((_: unknown, context: ExecutionContext) =>
  callerOf(context.switchToHttp().getRequest<FastifyRequest>()),
);

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
