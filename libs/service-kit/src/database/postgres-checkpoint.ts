import type { Checkpoint } from '@necrocode/messaging';
import type { DataSource } from 'typeorm';

/**
 * Where a consumer has got to, in its service's own schema (`openDatabase` makes the table). Nobody waits for the disk: a checkpoint that a
 * crash sets back makes events be handled again, as any crash may, and each such wait would hold up commits that somebody waits for.
 */
export function postgresCheckpoint(database: DataSource, schema: string, consumer: string): Checkpoint {
  const table = `"${schema}".consumer_checkpoint`;
  return {
    async load() {
      const rows = await database.query<{ position: string }[]>(`select position from ${table} where consumer = $1`, [
        consumer,
      ]);
      return BigInt(rows[0]?.position ?? 0);
    },
    async save(position) {
      await database.query(
        `insert into ${table} as saved (consumer, position) values ($1, $2)
         on conflict (consumer) do update set position = greatest(saved.position, excluded.position)
         returning set_config('synchronous_commit', 'off', true)`,
        [consumer, position.toString()],
      );
    },
  };
}
