import pg from 'pg';
import { uuidV7 } from '@necrocode/event-store';
import type { BenchStore } from './store.js';

const TABLE = `
  create table bare_events (
    sequence bigint generated always as identity primary key,
    stream_id text not null, stream_version integer not null, event_id uuid not null unique, type text not null,
    data json not null, metadata json not null, recorded_at timestamptz not null default now(),
    unique (stream_id, stream_version)
  )`;
const ONE =
  'insert into bare_events (stream_id, stream_version, event_id, type, data, metadata) values ($1, $2, $3, $4, $5, $6)';
const MANY = `insert into bare_events (stream_id, stream_version, event_id, type, data, metadata)
  select $1, * from unnest($2::int[], $3::uuid[], $4::text[], $5::json[], $6::json[])`;
const STREAM = 'select * from bare_events where stream_id = $1 order by stream_version';
const ALL = 'select * from bare_events where sequence > $1 order by sequence limit $2';

/** The floor: one prepared INSERT a call through pg's pool, no chain, no numbering, no conflict answers. */
export async function barePgStore(connectionString: string): Promise<BenchStore> {
  const pool = new pg.Pool({ connectionString, max: 10 });
  await pool.query(TABLE);
  return {
    name: 'bare pg',
    append: async (streamId, expectedVersion, events) => {
      const [first] = events;
      if (events.length === 1 && first) {
        const values = [
          streamId,
          expectedVersion + 1,
          uuidV7(),
          first.type,
          JSON.stringify(first.data),
          JSON.stringify(first.metadata),
        ];
        await pool.query({ name: 'one', text: ONE, values });
        return;
      }
      const values = [
        streamId,
        events.map((_, index) => expectedVersion + index + 1),
        events.map(() => uuidV7()),
        events.map(({ type }) => type),
        events.map(({ data }) => JSON.stringify(data)),
        events.map(({ metadata }) => JSON.stringify(metadata)),
      ];
      await pool.query({ name: 'many', text: MANY, values });
    },
    readStream: async (streamId) =>
      (await pool.query({ name: 'stream', text: STREAM, values: [streamId] })).rows.length,
    readAll: async (page) => {
      let read = 0;
      for (let after = '0'; ;) {
        const { rows } = await pool.query<{ sequence: string }>({ name: 'all', text: ALL, values: [after, page] });
        read += rows.length;
        const last = rows.at(-1);
        if (!last || rows.length < page) return read;
        after = last.sequence;
      }
    },
    close: () => pool.end(),
  };
}
