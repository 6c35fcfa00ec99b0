import { type CompanionStatement, StoreUnavailable } from '@necrocode/event-store';
import type { SqlExecutor } from '@necrocode/event-store-postgres';
import { type DataSource, QueryFailedError, type QueryRunner } from 'typeorm';
import { asOneStatement } from './as-one-statement.js';

/** One open transaction, read committed. */
export interface OpenTransaction extends SqlExecutor {
  /** In one round trip. No two of the statements may touch one row. */
  run(statements: readonly CompanionStatement[]): Promise<void>;
}

/** The dispatcher's own tables. Faults that pass by themselves come out as `StoreUnavailable`, as the event store's do. */
export class OwnTables {
  constructor(private readonly database: DataSource) {}

  async query<Row>(text: string, values: unknown[] = []): Promise<readonly Row[]> {
    try {
      return await this.database.query<Row[]>(text, values);
    } catch (error) {
      throw asPassing(unwrap(error));
    }
  }

  /** Commits what `work` did, or nothing. */
  async transaction<Result>(work: (transaction: OpenTransaction) => Promise<Result>): Promise<Result> {
    const runner = this.database.createQueryRunner();
    try {
      // One round trip, and said aloud: what is counted under a lock must see what was committed while waiting for it.
      await runner.query('begin isolation level read committed');
      const result = await work(openTransaction(runner));
      await runner.query('commit');
      return result;
    } catch (error) {
      // Fails only on a connection that is gone, which rolls back by itself.
      await runner.query('rollback').catch(() => undefined);
      throw asPassing(unwrap(error));
    } finally {
      await runner.release();
    }
  }
}

function openTransaction(runner: QueryRunner): OpenTransaction {
  const query = async (text: string, values: unknown[]): Promise<{ readonly rows: readonly unknown[] }> => {
    try {
      const { records } = await runner.query(text, values, true);
      return { rows: records };
    } catch (error) {
      throw unwrap(error); // The event store knows the driver's errors, not TypeORM's.
    }
  };
  return {
    query,
    async run(statements) {
      const all = asOneStatement(statements);
      if (all) await query(all.text, [...all.values]);
    },
  };
}

function unwrap(error: unknown): unknown {
  return error instanceof QueryFailedError ? error.driverError : error;
}

/** SQLSTATEs that pass by themselves (lost connection, no resources, shutdown, deadlock, time-out), and errors of the socket. */
const PASSING_CODE = /^(08|53|57|40|25P0[34]|55P03|E[A-Z]+$)/;
/** What pg raises on a lost connection has a text only. */
const PASSING_TEXT = /^(Connection terminated|Client has encountered|Client was closed|timeout e|Cannot use a pool)/;

function asPassing(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof StoreUnavailable) return error;
  const passes =
    'code' in error && typeof error.code === 'string'
      ? PASSING_CODE.test(error.code)
      : PASSING_TEXT.test(error.message);
  return passes ? new StoreUnavailable("the dispatcher's tables cannot be reached", { cause: error }) : error;
}
