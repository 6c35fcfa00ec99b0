import pg from 'pg';

const TABLES = ['events', 'positions', 'numbering', 'relay_lease'];

/**
 * What pg_dump and pg_restore do to the data of schema `event_store` (neither is among the embedded binaries): every column as
 * it is, transaction ids included, into empty tables of a migrated database; then the sequence.
 */
export async function copyTables(from: string, to: string): Promise<void> {
  const source = new pg.Client({ connectionString: from });
  const target = new pg.Client({ connectionString: to });
  await Promise.all([source.connect(), target.connect()]);
  try {
    await target.query('begin');
    await target.query('delete from event_store.numbering; delete from event_store.relay_lease');
    for (const table of TABLES) {
      const { rows } = await source.query<{ row: string }>(
        `select to_json(t)::text as row from event_store.${table} t`,
      );
      const text = `insert into event_store.${table} overriding system value
        select (json_populate_record(null::event_store.${table}, given.row)).* from unnest($1::json[]) as given (row)`;
      await target.query(text, [rows.map(({ row }) => row)]);
    }
    const { rows } = await source.query<{ last: string }>(
      'select last_value::text as last from event_store.events_sequence_seq',
    );
    await target.query(`select setval('event_store.events_sequence_seq', $1::bigint)`, [rows[0]?.last]);
    await target.query('commit');
  } finally {
    await Promise.all([source.end(), target.end()]);
  }
}
