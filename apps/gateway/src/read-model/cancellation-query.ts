import type { ListCancellations } from '@necrocode/contracts';
import type { PositionText } from './rows.js';

export interface Statement {
  readonly sql: string;
  readonly values: readonly unknown[];
}

/** Where a page begins: behind this cancellation, in the order of the list. */
export interface CancellationPlace {
  readonly requestedAt: Date;
  readonly position: PositionText;
}

/** Counting more would read more than anybody pages through. */
export const COUNTED_AT_MOST = 1_000;

const ORDER = 'order by requested_at desc, position desc';

/** One more row than asked for: whether there is another page. */
export function pageOfCancellations(query: ListCancellations, behind: CancellationPlace | null): Statement {
  const { where, values } = conditions(query, behind);
  const [limit, offset] = [`$${values.length + 1}`, `$${values.length + 2}`];
  return {
    sql: `select * from gateway.cancellation ${where} ${ORDER} limit ${limit} offset ${offset}`,
    values: [...values, query.limit + 1, query.offset],
  };
}

/** In the order of the list, so that it is read off the same index and ends at the bound. */
export function countCancellations(query: ListCancellations): Statement {
  const { where, values } = conditions(query, null);
  return {
    sql: `select count(*) as total from (
      select 1 from gateway.cancellation ${where} ${ORDER} limit ${COUNTED_AT_MOST}) as counted`,
    values,
  };
}

/** Only what was asked for: a condition that may be absent would hide from the planner which index fits. */
function conditions(
  { jobId, bulkId, status, requestedBy, reason, scope, forced, since, until }: ListCancellations,
  behind: CancellationPlace | null,
): { readonly where: string; readonly values: readonly unknown[] } {
  const values: unknown[] = [];
  const parts: string[] = [];
  const add = (column: string, condition: string, value: unknown): void => {
    if (value === undefined) return;
    values.push(value);
    parts.push(`${column} ${condition.replace('?', `$${values.length}`)}`);
  };
  const addOneOf = (column: string, list: readonly string[] | undefined): void => {
    const [only, ...others] = list ?? [];
    // One value is an equality, which leaves the order of the index to the list.
    if (others.length === 0) add(column, '= ?', only);
    else add(column, '= any(?)', list);
  };
  add('job_id', '= ?', jobId);
  add('bulk_id', '= ?', bulkId);
  addOneOf('status', status);
  add('requested_by', '= ?', requestedBy);
  addOneOf('reason_code', reason);
  addOneOf('scope', scope);
  add('requested_at', '>= ?', since);
  add('requested_at', '< ?', until);
  if (forced !== undefined) parts.push(forced ? 'forced' : 'not forced');
  if (behind) {
    values.push(behind.requestedAt, behind.position);
    parts.push(`(requested_at, position) < ($${values.length - 1}, $${values.length})`);
  }
  return { where: parts.length === 0 ? '' : `where ${parts.join(' and ')}`, values };
}
