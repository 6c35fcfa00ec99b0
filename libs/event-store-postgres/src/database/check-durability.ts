import type { SqlExecutor } from './sql-executor.js';

const REQUIRED = ['fsync', 'full_page_writes', 'synchronous_commit'];

/**
 * A server that forgets committed events cannot hold an event store.
 * @throws {Error} naming the settings that are off
 */
export async function checkDurability(executor: SqlExecutor): Promise<void> {
  const text = 'select name, setting from pg_settings where name = any($1::text[]) order by name';
  const { rows } = await executor.query(text, [REQUIRED]);
  // Cast: the columns are those of the statement above.
  const off = (rows as { name: string; setting: string }[]).filter(({ setting }) => setting === 'off');
  if (off.length === 0) return;
  const names = off.map(({ name }) => name).join(', ');
  throw new Error(`PostgreSQL would lose committed events: ${names} is off. Turn it on, or use another server.`);
}
