import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { CodedError } from '@necrocode/service-kit';
import type { FastifyRequest } from 'fastify';

/** The parameter that gets the position to resume behind: the `Last-Event-ID` header; 0 for the beginning. */
export const LastEventId = createParamDecorator((_: unknown, context: ExecutionContext) =>
  parseLastEventId(context.switchToHttp().getRequest<FastifyRequest>().headers['last-event-id']),
);

/** @throws {CodedError} `validation-failed` when it is no position */
export function parseLastEventId(header: string | string[] | undefined): bigint {
  if (header === undefined || header === '') return 0n;
  if (typeof header === 'string' && /^\d{1,18}$/.test(header)) return BigInt(header);
  const fields = [{ path: 'Last-Event-ID', message: 'must be the id of the last message that came' }];
  throw new CodedError('validation-failed', {}, { fields });
}
