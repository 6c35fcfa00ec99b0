import type { Heartbeat } from '@necrocode/contracts';
import type { JobId, RunnerEvent, RunnerId, RunnerState } from '@necrocode/domain';
import type { CompanionStatement } from '@necrocode/event-store';
import type { DataSource } from 'typeorm';
import { SCHEMA } from '../schema.js';

/** A runner whose last recorded sign of life is older than its lease. */
export interface OverdueRunner {
  readonly runnerId: RunnerId;
  readonly sessionId: string;
  readonly leaseMs: number;
  /** RFC 3339, the database's clock. */
  readonly lastHeardAt: string;
}

/**
 * What became of a heartbeat: `returned` when the runner had been given up, `superseded` when another session of the runner
 * has registered since, `unknown` when nobody of that id ever has.
 */
export type HeartbeatOutcome = 'heard' | 'returned' | 'superseded' | 'unknown';

type KnownRunner = Exclude<RunnerState, { status: 'unknown' }>;

/** The runners' rows: their standing, and when they were last heard, by the database's clock. */
export class Runners {
  private readonly table = `"${SCHEMA}".runner`;

  constructor(
    private readonly database: DataSource,
    private readonly leaseMs: number,
  ) {}

  /**
   * What commits together with a runner's events, from the state they lead to. Appends to one stream take turns, so the row
   * follows their order.
   */
  after(events: readonly RunnerEvent[], state: KnownRunner): CompanionStatement {
    const { runner, sessionId, status } = state;
    if (!events.some(({ type }) => type === 'RunnerRegistered')) {
      return {
        text: `update ${this.table} set status = $2, orphaned_workspaces = $3 where runner_id = $1`,
        values: [runner.runnerId, status, orphanedWorkspaces(state)],
      };
    }
    return {
      text: `insert into ${this.table}
               (runner_id, session_id, status, lease_ms, registered_at, last_heard_at, orphaned_workspaces)
             values ($1, $2, $3, $4, now(), now(), $5)
             on conflict (runner_id) do update set session_id = excluded.session_id, status = excluded.status,
               lease_ms = excluded.lease_ms, registered_at = now(), last_heard_at = now(), execution_ids = '{}',
               workspaces = '{}', orphaned_workspaces = excluded.orphaned_workspaces`,
      values: [runner.runnerId, sessionId, status, this.leaseMs, orphanedWorkspaces(state)],
    };
  }

  /** Puts back a row that is missing; one that is there is newer than the state. It starts with a full lease. */
  async restore(state: KnownRunner): Promise<void> {
    const { runner, sessionId, status, since } = state;
    await this.database.query(
      `insert into ${this.table}
         (runner_id, session_id, status, lease_ms, registered_at, last_heard_at, orphaned_workspaces)
       values ($1, $2, $3, $4, $5, now(), $6) on conflict (runner_id) do nothing`,
      [runner.runnerId, sessionId, status, this.leaseMs, since, orphanedWorkspaces(state)],
    );
  }

  /** Records many heartbeats in one statement; at most one of each runner. */
  async hear(beats: readonly Heartbeat[]): Promise<ReadonlyMap<RunnerId, HeartbeatOutcome>> {
    const rows = await this.database.query<{ runner_id: RunnerId; outcome: HeartbeatOutcome }[]>(
      `with beat as (
         select "runnerId" as runner_id, "sessionId" as session_id, "executionIds" as execution_ids,
           coalesce("workspaces", '{}') as workspaces
         from jsonb_to_recordset($1::jsonb)
           as sent ("runnerId" text, "sessionId" text, "executionIds" text[], "workspaces" text[])),
       heard as (
         update ${this.table} runner
         set last_heard_at = now(), lease_ms = $2, execution_ids = beat.execution_ids, workspaces = beat.workspaces
         from beat where runner.runner_id = beat.runner_id and runner.session_id = beat.session_id
         returning runner.runner_id, runner.status)
       select beat.runner_id, case
           when heard.status = 'lost' then 'returned' when heard.status is not null then 'heard'
           when runner.runner_id is not null then 'superseded' else 'unknown' end as outcome
       from beat left join heard using (runner_id) left join ${this.table} runner using (runner_id)`,
      [JSON.stringify(beats), this.leaseMs],
    );
    return new Map(rows.map(({ runner_id, outcome }) => [runner_id, outcome]));
  }

  async findOverdue(): Promise<readonly OverdueRunner[]> {
    const rows = await this.database.query<
      { runner_id: RunnerId; session_id: string; lease_ms: number; last_heard_at: Date }[]
    >(
      `select runner_id, session_id, lease_ms, last_heard_at from ${this.table}
       where status <> 'lost' and last_heard_at < now() - lease_ms * interval '1 millisecond'`,
    );
    return rows.map((row) => ({
      runnerId: row.runner_id,
      sessionId: row.session_id,
      leaseMs: row.lease_ms,
      lastHeardAt: row.last_heard_at.toISOString(),
    }));
  }
}

function orphanedWorkspaces({ orphans = [] }: KnownRunner): readonly JobId[] {
  return orphans.flatMap((orphan) => (orphan.kind === 'workspace' ? [orphan.jobId] : []));
}
