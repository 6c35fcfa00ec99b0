import pg from 'pg';
import { asStoreError, breaksConnection } from './database-errors.js';
import type { SqlExecutor, SqlStatement } from './sql-executor.js';

export interface DatabaseOptions {
  readonly connectionString: string;
  /** Default 6: two for appends under way, the rest for readers. */
  readonly maxConnections?: number;
  /** Default 10,000. */
  readonly connectTimeoutMs?: number;
  /** A statement without an answer for so long counts as lost. Default 30,000. */
  readonly queryTimeoutMs?: number;
  /** Shown in pg_stat_activity. Default `necrocode-event-store`. */
  readonly applicationName?: string;
  /** Told of an idle connection that was lost, for the log; the next statement takes a new one. */
  readonly onConnectionLost?: (error: Error) => void;
}

/**
 * The event store's connections. Every statement is prepared under a name; a fault that breaks its connection removes that
 * connection, any other leaves it (pg's own `pool.query` would throw it away for a mere unique violation).
 * Faults come out as the port's errors.
 */
export class Database implements SqlExecutor {
  readonly #pool: pg.Pool;
  readonly #names = new Map<string, string>();

  constructor(options: DatabaseOptions) {
    this.#pool = new pg.Pool({
      connectionString: options.connectionString,
      max: options.maxConnections ?? 6,
      connectionTimeoutMillis: options.connectTimeoutMs ?? 10_000,
      query_timeout: options.queryTimeoutMs ?? 30_000,
      application_name: options.applicationName ?? 'necrocode-event-store',
      keepAlive: true,
      pipeline: true,
    });
    this.#pool.on('error', (error) => options.onConnectionLost?.(error));
  }

  async query(text: string, values: unknown[] = []): Promise<{ readonly rows: readonly unknown[] }> {
    return this.#withClient((client) => client.query<object>(this.#prepared(text, values)));
  }

  /** Runs statements one behind the other, each its own transaction, in one round trip. @returns the rows of each */
  async pipeline(statements: readonly SqlStatement[]): Promise<readonly (readonly unknown[])[]> {
    return this.#withClient(async (client) => {
      const running = statements.map(({ text, values }) => client.query<object>(this.#prepared(text, [...values])));
      return (await Promise.all(running)).map(({ rows }) => rows);
    });
  }

  /**
   * Runs `first`; when `accept` likes its answer, runs the others and commits, else rolls back. Two round trips.
   * @returns the answer of `first` either way
   */
  async transact(
    first: SqlStatement,
    accept: (rows: readonly unknown[]) => boolean,
    others: readonly SqlStatement[],
  ): Promise<readonly unknown[]> {
    return this.#withClient(async (client) => {
      try {
        const [, { rows }] = await Promise.all([
          client.query('begin'),
          client.query<object>(this.#prepared(first.text, [...first.values])),
        ]);
        if (!accept(rows)) {
          await client.query('rollback');
          return rows;
        }
        // Sent together: a statement that fails turns the commit into a rollback, and its error is the one that is thrown.
        const running = others.map(({ text, values }) => client.query(text, [...values]));
        await Promise.all([...running, client.query('commit')]);
        return rows;
      } catch (error) {
        if (!breaksConnection(error)) await client.query('rollback');
        throw error;
      }
    });
  }

  /** One transaction in one round trip: all of them or, when one fails, none. @throws the error of the first that failed */
  async transactAtOnce(statements: readonly SqlStatement[]): Promise<readonly (readonly unknown[])[]> {
    return this.#withClient(async (client) => {
      const begun = client.query('begin');
      const running = statements.map(({ text, values }) => client.query<object>(this.#prepared(text, [...values])));
      // Behind a statement that failed the commit is a rollback.
      const [, results] = await Promise.all([begun, Promise.all(running), client.query('commit')]);
      return results.map(({ rows }) => rows);
    });
  }

  async end(): Promise<void> {
    if (!this.#pool.ending) await this.#pool.end();
  }

  async #withClient<Answer>(use: (client: pg.PoolClient) => Promise<Answer>): Promise<Answer> {
    let client: pg.PoolClient;
    try {
      client = await this.#pool.connect();
    } catch (error) {
      throw asStoreError(error);
    }
    // While it is checked out nobody else listens: an unheard 'error' would end the process. The query under way fails with it.
    let broken = false;
    const onError = (): void => {
      broken = true;
    };
    client.on('error', onError);
    try {
      return await use(client);
    } catch (error) {
      broken ||= breaksConnection(error);
      throw asStoreError(error);
    } finally {
      client.off('error', onError);
      client.release(broken);
    }
  }

  #prepared(text: string, values: unknown[]): pg.QueryConfig {
    let name = this.#names.get(text);
    if (name === undefined) {
      name = `event_store_${this.#names.size}`;
      this.#names.set(text, name);
    }
    return { name, text, values };
  }
}
