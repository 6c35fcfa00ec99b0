import type { ExecutionId, ExecutionIdentity, RunnerId } from '@necrocode/domain';
import type { DataSource } from 'typeorm';
import { SCHEMA } from '../schema.js';

/** Where a runner's last heartbeat and the rows of executions do not agree. */
export interface Gap {
  readonly runnerId: RunnerId;
  readonly executionId: ExecutionId;
  /** Of that heartbeat, ms: another one has another. */
  readonly heardAtMs: number;
}

export type MissingExecution = Gap & { readonly execution: ExecutionIdentity };

/** At most so many are looked at in one sweep; the next one goes on. */
const SWEEP_LIMIT = 1_000;

const HEARD = `runner.status <> 'lost' and runner.last_heard_at > now() - runner.lease_ms * interval '1 millisecond'`;
const COLUMNS = `runner.runner_id as "runnerId", extract(epoch from runner.last_heard_at)::double precision * 1000 as "heardAtMs"`;

/** What runners say they have, beside what the store says they have. Both are behind by a moment: who acts asks anew. */
export class Inventories {
  constructor(private readonly database: DataSource) {}

  /** Running by the store, not named by its runner. */
  findMissing(): Promise<readonly MissingExecution[]> {
    return this.database.query(
      `select ${COLUMNS}, execution.execution_id as "executionId", execution.identity as execution
       from "${SCHEMA}".execution join "${SCHEMA}".runner using (runner_id)
       where ${HEARD} and execution.status = 'running'
         and not execution.execution_id = any (runner.execution_ids) limit ${SWEEP_LIMIT}`,
    );
  }

  /** Named by a runner, and over or never heard of here. */
  findSurplus(): Promise<readonly Gap[]> {
    return this.database.query(
      `select ${COLUMNS}, named.execution_id as "executionId"
       from "${SCHEMA}".runner cross join lateral unnest(runner.execution_ids) as named (execution_id)
       where ${HEARD}
         and not exists (select from "${SCHEMA}".execution where execution.execution_id = named.execution_id)
       limit ${SWEEP_LIMIT}`,
    );
  }
}
