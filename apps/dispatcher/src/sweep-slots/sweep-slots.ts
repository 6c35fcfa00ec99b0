import type { ExecutionId, JobId, SlotId } from '@necrocode/domain';
import type { EventStore } from '@necrocode/event-store';
import type { Logger } from '@necrocode/service-kit';
import type { HeardEnding } from '../record-ending/heard-ending.js';
import type { RecordEnding } from '../record-ending/record-ending.js';
import { storedEnds } from '../record-ending/stored-ends.js';
import type { OwnTables } from '../tables/own-tables.js';
import { SCHEMA } from '../tables/schema.js';

interface LeasedSlot {
  readonly slotId: SlotId;
  readonly executionId: ExecutionId;
  readonly jobId: JobId;
}

/**
 * Slots that are leased to executions whose end is stored and never came round. What two looks in a row find so is given back
 * as if it had: the end is taken in, under the same ids as by its event, and the slot is soiled, cleaned and freed.
 */
export class SweepSlots {
  #before: ReadonlySet<ExecutionId> = new Set();

  constructor(
    private readonly tables: OwnTables,
    private readonly store: Pick<EventStore, 'readStreams'>,
    private readonly recordEnding: Pick<RecordEnding, 'handle'>,
    private readonly logger: Logger,
  ) {}

  async sweep(): Promise<void> {
    const leased = await this.#leased();
    const ends = await storedEnds(this.store, [...leased.keys()]);
    // What is fenced keeps its slot until its runner has proven the end.
    const ended = ends.filter(({ ending }) => ending.reason !== 'fenced');
    const before = this.#before;
    this.#before = new Set(ended.map(({ execution }) => execution.executionId));
    const orphaned = ended.filter(({ execution }) => before.has(execution.executionId));
    await Promise.all(orphaned.map((end) => this.#takeIn(end, leased.get(end.execution.executionId))));
  }

  async #takeIn(end: HeardEnding, slot: LeasedSlot | undefined): Promise<void> {
    this.logger.warn({ ...slot }, 'a slot was leased to an execution that has ended; taking in its end');
    await this.recordEnding.handle(end.execution.jobId, [{ ...end, foundBy: 'sweep' }]);
  }

  async #leased(): Promise<ReadonlyMap<ExecutionId, LeasedSlot>> {
    const rows = await this.tables.query<LeasedSlot>(
      `select slot_id as "slotId", execution_id as "executionId", job_id as "jobId"
       from ${SCHEMA}.slot where status = 'leased'`,
      [],
    );
    return new Map(rows.map((row) => [row.executionId, row]));
  }
}
