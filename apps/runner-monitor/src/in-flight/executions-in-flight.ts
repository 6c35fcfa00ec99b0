import type { ExecutionId, ExecutionIdentity, RunnerId } from '@necrocode/domain';
import DataLoader from 'dataloader';
import type { DataSource } from 'typeorm';
import { SCHEMA } from '../schema.js';

export type FlightStatus = 'assigned' | 'running' | 'fenced';

export interface ExecutionInFlight {
  readonly execution: ExecutionIdentity;
  readonly status: FlightStatus;
  readonly traceparent: string | undefined;
}

interface Row {
  readonly identity: ExecutionIdentity;
  readonly status: FlightStatus;
  readonly traceparent: string | null;
}

interface Addition {
  readonly execution: ExecutionIdentity;
  readonly since: string;
  readonly traceparent: string | undefined;
}

/** At most so many executions are looked at in one sweep; the next one goes on. */
const SWEEP_LIMIT = 1_000;

/**
 * Executions that have not ended, by runner. A projection: behind the streams by a few milliseconds, so whoever acts on a row
 * decides on the execution's stream.
 */
export class ExecutionsInFlight {
  private readonly table = `"${SCHEMA}".execution`;
  /** What is written in the same turn of the event loop is one statement: executions begin and end by the hundred. */
  readonly #additions = new DataLoader((all: readonly Addition[]) => this.#add(all), { cache: false });
  readonly #removals = new DataLoader((ids: readonly ExecutionId[]) => this.#remove(ids), { cache: false });

  constructor(private readonly database: DataSource) {}

  /** Known from its assignment on, so that one which never reported is fenced too. @param since RFC 3339 */
  async assigned(execution: ExecutionIdentity, since: string, traceparent: string | undefined): Promise<void> {
    await this.#additions.load({ execution, since, traceparent });
  }

  async #add(additions: readonly Addition[]): Promise<readonly true[]> {
    await this.database.query(
      `insert into ${this.table} (execution_id, runner_id, identity, status, assigned_at, traceparent)
       select execution_id, identity ->> 'runnerId', identity, 'assigned', assigned_at, traceparent
       from unnest($1::text[], $2::jsonb[], $3::timestamptz[], $4::text[]) as added (execution_id, identity, assigned_at, traceparent)
       on conflict (execution_id) do nothing`,
      [
        additions.map(({ execution }) => execution.executionId),
        additions.map(({ execution }) => JSON.stringify(execution)),
        additions.map(({ since }) => since),
        additions.map(({ traceparent }) => traceparent ?? null),
      ],
    );
    return additions.map(() => true);
  }

  /** Only forwards: what is fenced stays so until it has ended. */
  async mark(executionId: ExecutionId, status: Exclude<FlightStatus, 'assigned'>): Promise<void> {
    await this.database.query(`update ${this.table} set status = $2 where execution_id = $1 and status <> 'fenced'`, [
      executionId,
      status,
    ]);
  }

  async remove(executionId: ExecutionId): Promise<void> {
    await this.#removals.load(executionId);
  }

  async #remove(executionIds: readonly ExecutionId[]): Promise<readonly true[]> {
    await this.database.query(`delete from ${this.table} where execution_id = any($1)`, [executionIds]);
    return executionIds.map(() => true);
  }

  async ofRunner(runnerId: RunnerId): Promise<readonly ExecutionInFlight[]> {
    return this.find(`where runner_id = $1`, [runnerId]);
  }

  /** Of runners that are lost, also when they were assigned to one that was lost already. */
  async findLost(): Promise<readonly ExecutionInFlight[]> {
    return this.find(
      `join "${SCHEMA}".runner using (runner_id)
       where runner.status = 'lost' and execution.status <> 'fenced' limit ${SWEEP_LIMIT}`,
    );
  }

  /**
   * Started under an earlier session of their runner, and not among what the present session says it has, a lease after it
   * registered: an agent that came up without its predecessor's state. Nobody will ever report their end.
   */
  async findAbandoned(): Promise<readonly ExecutionInFlight[]> {
    return this.find(
      `join "${SCHEMA}".runner using (runner_id)
       where execution.status = 'running' and runner.status <> 'lost'
         and execution.assigned_at < runner.registered_at
         and runner.registered_at < now() - runner.lease_ms * interval '1 millisecond'
         and runner.last_heard_at > runner.registered_at
         and not execution.execution_id = any (runner.execution_ids) limit ${SWEEP_LIMIT}`,
    );
  }

  /** Fenced, on runners that are back: still to be ended there, or to be accounted for. */
  async findFencedInReach(): Promise<readonly ExecutionInFlight[]> {
    return this.find(
      `join "${SCHEMA}".runner using (runner_id)
       where execution.status = 'fenced' and runner.status <> 'lost'
         and runner.last_heard_at > now() - runner.lease_ms * interval '1 millisecond' limit ${SWEEP_LIMIT}`,
    );
  }

  private async find(condition: string, values: readonly unknown[] = []): Promise<readonly ExecutionInFlight[]> {
    const rows = await this.database.query<Row[]>(
      `select execution.identity, execution.status, execution.traceparent from ${this.table} execution ${condition}`,
      [...values],
    );
    return rows.map(({ identity, status, traceparent }) => ({
      execution: identity,
      status,
      traceparent: traceparent ?? undefined,
    }));
  }
}
