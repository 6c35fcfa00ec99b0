import type { ExecutionId, ExecutionIdentity, JobId, RunnerId } from '@necrocode/domain';
import type { DataSource } from 'typeorm';
import { SCHEMA } from '../schema.js';

/** Found by a runner's last heartbeat. */
export interface Finding {
  readonly runnerId: RunnerId;
  /** Of that heartbeat, ms: another one has another. */
  readonly heardAtMs: number;
}

/** Where it and the rows of executions do not agree. */
export type Gap = Finding & { readonly executionId: ExecutionId };

/** On the runner's host, by it or by what was found there before. */
export type NamedWorkspace = Finding & { readonly jobId: JobId };

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

  /** Named by a runner, and not found left behind so far; the oldest first: what is in use goes by. */
  findWorkspaces(): Promise<readonly NamedWorkspace[]> {
    return this.workspacesIn('workspaces', 'orphaned_workspaces');
  }

  /** Found left behind, and not named by its runner any more. */
  findGoneWorkspaces(): Promise<readonly NamedWorkspace[]> {
    return this.workspacesIn('orphaned_workspaces', 'workspaces');
  }

  private workspacesIn(these: string, notThose: string): Promise<readonly NamedWorkspace[]> {
    return this.database.query(
      `select ${COLUMNS}, named.job_id as "jobId"
       from "${SCHEMA}".runner cross join lateral unnest(runner.${these}) as named (job_id)
       where ${HEARD} and not named.job_id = any (runner.${notThose})
       order by named.job_id limit ${SWEEP_LIMIT}`,
    );
  }
}
