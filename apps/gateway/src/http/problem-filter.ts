import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import { type Logger, problemOf, traceIdOf } from '@necrocode/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { archivedProblem, type Tombstones } from '../archive/archived-problem.js';
import { detailOf } from '../facade/detail-of.js';
import { isFacade } from '../facade/is-facade.js';
import { callerOf } from './caller.js';
import { problemOfFault } from './problem-of-fault.js';

/** Answers every error as `application/problem+json` with the trace id; the log has what the caller is not told. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly logger: Logger,
    private readonly store: Tombstones,
  ) {}

  async catch(error: unknown, host: ArgumentsHost): Promise<void> {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    sendProblem(await this.#tellArchived(error, request), request, reply, this.logger);
  }

  /** What is not found may be archived, whichever way it was asked for. */
  async #tellArchived(error: unknown, { params, query }: FastifyRequest): Promise<unknown> {
    if (problemOf(error).status !== 404) return error;
    const named = [params, query].flatMap((part) => Object.values(part ?? {}) as unknown[]);
    try {
      return (await archivedProblem(this.store, named)) ?? error;
    } catch {
      return error; // The store went away meanwhile: that it was not found is known.
    }
  }
}

export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply, logger: Logger): void {
  const path = request.url.split('?', 1)[0] ?? '/';
  const { traceparent } = callerOf(request);
  const traceId = traceIdOf(traceparent);
  const problem = { ...problemOfFault(error, path), ...(traceId === null ? {} : { traceId }) };
  // The route, not the path: what stands in for an id may be anything.
  const route = request.routeOptions.url ?? null;
  const line = { code: problem.code, traceId, method: request.method, route };
  if (problem.code === 'internal') logger.error({ ...line, err: error }, 'a request failed');
  else if (problem.status >= 500) logger.warn({ ...line, err: error }, 'a request could not be answered');
  else logger.debug(line, 'a request was refused');
  if (reply.sent) return; // An event stream that broke: its head has gone out.
  if (problem.retryAfterMs !== undefined) reply.header('retry-after', Math.ceil(problem.retryAfterMs / 1_000));
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer realm="necrocode"');
  if (isFacade(path)) {
    const { status, body } = detailOf(problem, request.method);
    reply
      .status(status)
      .header('content-type', 'application/json')
      .send(Buffer.from(JSON.stringify(body)));
    return;
  }
  // Bytes, for to text Fastify would add a charset, which this media type does not have.
  reply
    .status(problem.status)
    .header('content-type', 'application/problem+json')
    .send(Buffer.from(JSON.stringify(problem)));
}
