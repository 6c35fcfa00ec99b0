import type { CompanionStatement } from '@necrocode/event-store';

/** A parameterised statement. */
export type SqlStatement = CompanionStatement;

/** Runs one parameterised statement: a pg Client, or `{ query: async (t, v) => ({ rows: await queryRunner.query(t, v) }) }` for TypeORM. */
export interface SqlExecutor {
  query(text: string, values: unknown[]): Promise<{ readonly rows: readonly unknown[] }>;
}
