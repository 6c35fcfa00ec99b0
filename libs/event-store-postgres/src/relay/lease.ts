import type { SqlExecutor } from '../database/sql-executor.js';

// The database's clock decides, so the clocks of the contenders need not agree.
const ACQUIRE = /* sql */ `
  update event_store.relay_lease set
    epoch = case when holder = $1 then epoch else epoch + 1 end,
    holder = $1,
    expires_at = clock_timestamp() + $2::double precision * interval '1 millisecond'
  where holder = $1 or expires_at < clock_timestamp()
  returning epoch::text`;

const RELEASE = /* sql */ `
  update event_store.relay_lease set expires_at = '-infinity', holder = null where holder = $1`;

/** The right to relay, as a row. It saves work; what keeps a deposed holder harmless is that every publish is chained to the tail. */
export class Lease {
  constructor(
    private readonly executor: SqlExecutor,
    private readonly holder: string,
    private readonly leaseMs: number,
  ) {}

  /** Takes or renews it. @returns its epoch, which grows with every change of holder; undefined while somebody else holds it */
  async acquire(): Promise<number | undefined> {
    const { rows } = await this.executor.query(ACQUIRE, [this.holder, this.leaseMs]);
    // Cast: the columns are those of the statement above.
    const [row] = rows as { epoch: string }[];
    return row && Number(row.epoch);
  }

  async release(): Promise<void> {
    await this.executor.query(RELEASE, [this.holder]);
  }
}
