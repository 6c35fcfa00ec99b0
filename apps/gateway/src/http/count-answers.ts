import { countRequests, type Metrics } from '@necrocode/metrics';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Counts and times each answer; to be called before routes are registered, which are the values of the label. */
export function countAnswers(server: FastifyInstance, metrics: Metrics): void {
  const routes: string[] = [];
  let count: ReturnType<typeof countRequests> | undefined;
  server.addHook('onRoute', ({ method, url }) => {
    for (const verb of [method].flat()) routes.push(`${verb} ${url}`);
  });
  server.addHook('onReady', async () => {
    count = countRequests(metrics, routes);
  });
  server.addHook('onResponse', async (request, reply) =>
    count?.({
      method: request.method,
      route: request.is404 ? null : (request.routeOptions.url ?? null),
      status: reply.statusCode,
      tookMs: lastsAsAsked(request, reply) ? null : reply.elapsedTime,
    }),
  );
}

/** Event streams, output that is followed, and calls that were asked to wait for an outcome. */
function lastsAsAsked({ query, headers }: FastifyRequest, reply: FastifyReply): boolean {
  // Cast: a query string is an object of texts; whether they fit is looked at by the route.
  const asked = (query ?? {}) as Readonly<Record<string, unknown>>;
  return (
    asked['wait'] !== undefined ||
    asked['follow'] === 'true' ||
    /\bwait\s*=/i.test(String(headers['prefer'] ?? '')) ||
    String(reply.getHeader('content-type')).startsWith(EVENT_STREAM)
  );
}

const EVENT_STREAM = 'text/event-stream';
