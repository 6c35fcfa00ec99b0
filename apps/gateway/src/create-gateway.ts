import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { nestLogger, type Platform, PlatformModule, rootModule } from '@necrocode/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { GatewayConfig } from './gateway.config.js';
import { GatewayModule } from './gateway.module.js';
import { bearerCheck } from './http/authenticate.js';
import { meetCaller } from './http/caller.js';
import { countAnswers } from './http/count-answers.js';
import { parseJsonBody } from './http/parse-json-body.js';
import { ProblemFilter, sendProblem } from './http/problem-filter.js';
import { RequestSpans } from './http/request-spans.js';
import { BODY_LIMIT } from './http/problem-of-fault.js';
import { isPublic } from './http/public-path.js';
import { SECURITY_HEADERS } from './http/security-headers.js';
import { UNPREFIXED } from './openapi/list-routes.js';

/** The gateway, not yet listening. Stop it with `close()`; the platform stays open. */
export async function createGateway(platform: Platform<GatewayConfig>): Promise<NestFastifyApplication> {
  const { config, logger, metrics, store, tracing } = platform;
  const spans = tracing && new RequestSpans(tracing);
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT,
    // The longest name a path holds, each character of it escaped: what is longer is refused by its schema, not unknown.
    routerOptions: { maxParamLength: 3 * 4 * 200 },
    // A HEAD of an event stream would hold its connection for ever and say nothing.
    exposeHeadRoutes: false,
    // Event streams end by the Shutdown signal; what is left then is cut, so that stopping is bounded.
    forceCloseConnections: true,
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      meet(request, reply, spans);
      sendProblem(error, request, reply, logger);
    },
  });
  const app = await NestFactory.create<NestFastifyApplication>(
    rootModule(PlatformModule.of(platform), GatewayModule),
    adapter,
    { logger: nestLogger(logger), bodyParser: false, abortOnError: false },
  );
  app.setGlobalPrefix('api', { exclude: [...UNPREFIXED] });
  app.useGlobalFilters(new ProblemFilter(logger, store));
  const server = adapter.getInstance();
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, parseJsonBody(String(body)));
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)));
    }
  });
  const check = bearerCheck(config.GATEWAY_TOKEN);
  // Before the body is read and the route is looked at: a stranger learns nothing and costs nothing.
  server.addHook('onRequest', async (request, reply) => {
    meet(request, reply, spans);
    if (!isPublic(request.url)) check(request.headers.authorization);
  });
  countAnswers(server, metrics);
  if (spans) server.addHook('onResponse', async (request, reply) => spans.end(request, reply));
  await app.init();
  return app;
}

function meet(request: FastifyRequest, reply: FastifyReply, spans: RequestSpans | null): void {
  const { traceparent, requestId } = meetCaller(request, spans);
  reply.headers({ ...SECURITY_HEADERS, traceparent, 'x-request-id': requestId });
}
