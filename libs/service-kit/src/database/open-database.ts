import { DataSource, type DataSourceOptions, type MixedList, type EntitySchema } from 'typeorm';

export interface DatabaseOptions {
  readonly url: string;
  /** The service's own schema; created when missing. Nobody else reads it. */
  readonly schema: string;
  readonly entities?: MixedList<(new (...args: never[]) => object) | EntitySchema>;
  /** Forward-only, oldest first. */
  readonly migrations: readonly (new () => import('typeorm').MigrationInterface)[];
  readonly poolSize?: number;
  /** Where else the service keeps how far it has read the store: a query of `reader` (text) and `position` (bigint). */
  readonly readers?: string;
}

/** Two replicas may start at once: one migrates, the other waits and finds it done. */
const MIGRATION_LOCK = 7_041_992;

/** Opens a service's own tables, migrated to the newest form. */
export async function openDatabase({
  url,
  schema,
  entities = [],
  migrations,
  poolSize = 10,
  readers,
}: DatabaseOptions): Promise<DataSource> {
  const options: DataSourceOptions = {
    type: 'postgres',
    url,
    schema,
    entities,
    migrations: [...migrations],
    migrationsTableName: 'migration',
    migrationsTransactionMode: 'each',
    synchronize: false,
    poolSize,
    extra: { application_name: `necrocode ${schema}`, idle_in_transaction_session_timeout: 30_000 },
  };
  const database = await new DataSource(options).initialize();
  try {
    await migrate(database, schema, readers);
    return database;
  } catch (error) {
    await database.destroy();
    throw error;
  }
}

async function migrate(database: DataSource, schema: string, readers: string | undefined): Promise<void> {
  const runner = database.createQueryRunner();
  try {
    await runner.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    try {
      await runner.query(`create schema if not exists "${schema}"`);
      await database.runMigrations();
      await runner.query(
        `create table if not exists "${schema}".consumer_checkpoint (consumer text primary key, position bigint not null)`,
      );
      // Read by the event store, which keeps what one of them has not passed: docs/adr/0139.
      await runner.query(
        `create or replace view "${schema}".event_readers as
         select consumer as reader, position from "${schema}".consumer_checkpoint
         ${readers === undefined ? '' : `union all ${readers}`}`,
      );
    } finally {
      await runner.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK]);
    }
  } finally {
    await runner.release();
  }
}
