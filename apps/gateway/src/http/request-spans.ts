import type { OpenSpan, Tracing } from '@necrocode/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** A span for each request, by the semantic conventions of HTTP servers. */
export class RequestSpans {
  readonly #open = new WeakMap<FastifyRequest, OpenSpan>();

  constructor(private readonly tracing: Tracing) {}

  /** @returns the trace context of the request */
  begin(request: FastifyRequest, parent: string | undefined): string {
    const known = this.#open.get(request);
    if (known) return known.traceparent;
    const { method, protocol, routeOptions } = request;
    const route = routeOptions.url;
    const span = this.tracing.begin(
      {
        name: route === undefined ? method : `${method} ${route}`,
        attributes: {
          'http.request.method': method,
          'url.scheme': protocol,
          // Of a path that is none of ours nothing is kept: it may be anything.
          ...(route === undefined ? {} : { 'http.route': route }),
        },
      },
      parent,
    );
    this.#open.set(request, span);
    return span.traceparent;
  }

  /** A client's mistake is no fault of the server's span. */
  end(request: FastifyRequest, { statusCode }: FastifyReply): void {
    const error = statusCode >= 500 ? String(statusCode) : null;
    this.#open.get(request)?.end(error, { 'http.response.status_code': statusCode });
    this.#open.delete(request);
  }
}
