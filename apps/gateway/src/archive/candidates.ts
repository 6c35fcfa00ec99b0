import { parseStreamId } from '@necrocode/contracts';
import type { LiveRows } from '../read-model/live-rows.js';

/** What ended long ago, by the read model; whether it may be archived its streams say. */
export interface Candidate {
  readonly end: bigint;
  readonly endedAt: Date;
  readonly streamIds: readonly string[];
  /** Of the newest event that is told of it. */
  readonly last: bigint;
}

interface Row {
  readonly end: string;
  readonly ended_at: string;
  readonly stream_ids: readonly string[];
  readonly last: string;
}

const CANDIDATES = `
  with ended as (
    select job_id as id, settled_position as "end" from gateway.job where settled_position > $1
    union all
    select cancellation_id, completed_position from gateway.cancellation where job_id is null and completed_position > $1
    order by "end" limit $2)
  select ended."end"::text as "end", told.stream_ids, told.last,
    (select event::json ->> 'time' from gateway.timeline where position = ended."end") as ended_at
  from ended cross join lateral (
    select array_agg(distinct event::json ->> 'streamid') as stream_ids, max(position)::text as last
    from gateway.timeline where job_id = ended.id or (job_id is null and cancellation_id = ended.id)) as told
  order by ended."end"`;

/** Those that ended behind a position, in the order they ended. */
export async function findCandidates(rows: LiveRows, after: bigint, limit: number): Promise<readonly Candidate[]> {
  const found = await rows.query<Row>(CANDIDATES, [after.toString(), limit]);
  return found.map(({ end, ended_at, stream_ids, last }) => ({
    end: BigInt(end),
    endedAt: new Date(ended_at),
    streamIds: stream_ids.filter(isOfStory),
    last: BigInt(last),
  }));
}

const OF_STORIES: ReadonlySet<string> = new Set(['job', 'execution', 'cancellation', 'cleanup']);

/** Runners, slot pools and queues live on. */
function isOfStory(streamId: string): boolean {
  return OF_STORIES.has(parseStreamId(streamId).aggregate);
}
