import type { SqlExecutor } from '../database/sql-executor.js';

/** A numbered event that is gone, which a hash chain cannot show when it was the newest of its stream; or a position never given. */
export interface NumberingFault {
  readonly position: bigint;
  readonly missing: 'event' | 'position';
}

const LIMIT = 1_000;
const FAULTS = /* sql */ `
  select position::text as position, 'event' as missing from event_store.positions
    where not exists (select from event_store.events where events.sequence = positions.sequence)
  union all
  select lower(missing)::text, 'position' from (
    select position, lag(position, 1, 0::bigint) over (order by position) as previous from event_store.positions
  ) as steps, (select coalesce(range_agg(positions), '{}') as positions from event_store.archives) as archived,
    lateral (select int8multirange(int8range(previous + 1, position)) - archived.positions as missing) as gap
  where position <> previous + 1 and not isempty(missing)
  order by 1 limit ${LIMIT}`;

/** Positions of archived events are accounted for. @returns the first faults, at most 1,000; a run of missing positions shows as its first. */
export async function verifyNumbering(executor: SqlExecutor): Promise<readonly NumberingFault[]> {
  const { rows } = await executor.query(FAULTS, []);
  // Cast: the columns are those of the statement above.
  return (rows as { position: string; missing: NumberingFault['missing'] }[]).map(({ position, missing }) => ({
    position: BigInt(position),
    missing,
  }));
}
