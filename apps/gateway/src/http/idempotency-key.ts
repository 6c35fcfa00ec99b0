import { createHash } from 'node:crypto';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { CodedError } from '@necrocode/service-kit';
import type { FastifyRequest } from 'fastify';

const FORM = /^[\x21-\x7e]{1,200}$/;

/** The parameter that gets the `Idempotency-Key` header; undefined without one. */
export const IdempotencyKey = createParamDecorator((_: unknown, context: ExecutionContext) =>
  parseIdempotencyKey(context.switchToHttp().getRequest<FastifyRequest>().headers['idempotency-key']),
);

/** @throws {CodedError} `validation-failed` when it is not 1 to 200 visible ASCII characters */
export function parseIdempotencyKey(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  if (typeof header === 'string' && FORM.test(header)) return header;
  const fields = [{ path: 'Idempotency-Key', message: 'must be 1 to 200 visible ASCII characters' }];
  throw new CodedError('validation-failed', {}, { fields });
}

/**
 * The UUID (version 8) that stands for what a principal asks for under a key: the same three, the same UUID, so that a
 * repeated request names the same job, task or cancellation and the same command.
 */
export function uuidOfKey(principal: string, purpose: string, key: string): string {
  const bytes = createHash('sha256')
    .update(JSON.stringify([principal, purpose, key]))
    .digest()
    .subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
