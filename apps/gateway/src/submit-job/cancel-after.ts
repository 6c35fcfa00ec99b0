import { JOB_LIMITS } from '@necrocode/contracts';
import type { Deadline } from '@necrocode/domain';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { CodedError } from '@necrocode/service-kit';
import type { FastifyRequest } from 'fastify';

const DURATION = /^(\d{1,10})(ms|s|m|h)?$/;
const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
]);
/** RFC 3339 with its zone, of this millennium: other years are slips, and not all of them fit the database. */
const INSTANT = /^2\d{3}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$/;

/** What the header does, for the description of the API. */
export const CANCEL_AFTER =
  'Cancels the job if it is not over by then: a time from its submission (`10m`, `90s`, `1500ms`; a bare number is ' +
  'seconds; at most 30 days) or an RFC 3339 instant. One that has passed cancels the job at once.';

/** The parameter that gets the `Cancel-After` header; undefined without one. */
export const CancelAfter = createParamDecorator((_: unknown, context: ExecutionContext) =>
  parseCancelAfter(context.switchToHttp().getRequest<FastifyRequest>().headers['cancel-after']),
);

/** @throws {CodedError} `validation-failed` when it is neither a duration nor an instant */
export function parseCancelAfter(header: string | string[] | undefined): Deadline | undefined {
  if (header === undefined) return undefined;
  const text = typeof header === 'string' ? header.trim() : '';
  const [, count, unit = 's'] = DURATION.exec(text) ?? [];
  const afterMs = Number(count) * (UNIT_MS.get(unit) ?? Number.NaN);
  if (afterMs >= 1 && afterMs <= JOB_LIMITS.timeoutMs) return { afterMs };
  if (INSTANT.test(text) && !Number.isNaN(Date.parse(text))) return { at: new Date(text).toISOString() };
  const message = 'must be a time such as 10m, 90s or 1500ms (from 1 ms to 30 days), or an RFC 3339 instant';
  throw new CodedError('validation-failed', {}, { fields: [{ path: 'Cancel-After', message }] });
}
