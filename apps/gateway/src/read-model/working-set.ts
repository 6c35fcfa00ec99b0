import { parseStreamId, toPublishedEvent } from '@necrocode/contracts';
import {
  type BulkEvent,
  type CancellationEvent,
  type CancellationId,
  type CleanupEvent,
  type ExecutionEvent,
  type JobEvent,
  type JobId,
  queueDecider,
  type QueueEvent,
  type RunnerEvent,
  type SlotPoolEvent,
} from '@necrocode/domain';
import { type DomainEvent, type PositionedEvent, toDomainEvent } from '@necrocode/event-store';
import { attributeEvent } from './attribute-event.js';
import { type NamedInEvent, namedInEvent } from './named-in-event.js';
import { projectBulk } from './project-bulk.js';
import { projectCancellation, projectSignal } from './project-cancellation.js';
import { isSettled, projectJob } from './project-job.js';
import { projectRunner } from './project-runner.js';
import { projectSlots } from './project-slots.js';
import type { BulkRow, CancellationRow, JobRow, QueueRow, RunnerRow, SlotRow, TimelineRow } from './rows.js';

/** Must hold every row a batch of events may touch, before it is applied. */
export interface Rows {
  readonly jobs: readonly JobRow[];
  readonly cancellations: readonly CancellationRow[];
  readonly bulks: readonly BulkRow[];
  readonly runners: readonly RunnerRow[];
  readonly slots: readonly SlotRow[];
  readonly queues: readonly QueueRow[];
}

export interface ChangedRows extends Rows {
  readonly timeline: readonly TimelineRow[];
}

/** What a batch of events makes of the rows: pure but for its own maps, so a rebuild gives what the live projection gave. */
export class WorkingSet {
  readonly #jobs = new Map<JobId, JobRow>();
  readonly #cancellations = new Map<CancellationId, CancellationRow>();
  readonly #bulks = new Map<CancellationId, BulkRow>();
  readonly #runners = new Map<string, RunnerRow>();
  readonly #slots = new Map<string, SlotRow>();
  readonly #queues = new Map<string, QueueRow>();
  #changed = nothingChanged();
  #timeline: TimelineRow[] = [];

  /** Rows as they are stored. */
  add({ jobs, cancellations, bulks, runners, slots, queues }: Rows): void {
    for (const row of jobs) this.#jobs.set(row.job_id, row);
    for (const row of cancellations) this.#cancellations.set(row.cancellation_id, row);
    for (const row of bulks) this.#bulks.set(row.cancellation_id, row);
    for (const row of runners) this.#runners.set(row.runner_id, row);
    for (const row of slots) this.#slots.set(row.slot_id, row);
    for (const row of queues) this.#queues.set(row.queue, row);
  }

  apply(event: PositionedEvent): void {
    const named = namedInEvent(event);
    const open = named.jobId === null ? [] : this.#openCancellations(named.jobId);
    this.#applyToRows(event, named);
    if (named.jobId === null) {
      if (named.cancellationId !== null) this.#tell(event, null, named.cancellationId);
      return;
    }
    // It was archived: what slots and runners have to do with it is told no more than the job itself.
    if (!this.#jobs.has(named.jobId)) return;
    // A completion closes its cancellation, so those open before it count too; a request opens its own.
    const candidates = new Map(
      [...open, ...this.#openCancellations(named.jobId)].map((row) => [row.cancellation_id, row]),
    );
    const job = this.#jobs.get(named.jobId)?.state;
    this.#tell(event, named.jobId, attributeEvent(named, job, [...candidates.values()]));
    this.#settle(named.jobId, event.position);
  }

  #tell(event: PositionedEvent, jobId: JobId | null, cancellationId: CancellationId | null): void {
    this.#timeline.push({
      position: event.position.toString(),
      job_id: jobId,
      cancellation_id: cancellationId,
      event: JSON.stringify(toPublishedEvent(event)),
    });
  }

  /** What changed since it was asked last. */
  takeChanged(): ChangedRows {
    const [changed, timeline] = [this.#changed, this.#timeline];
    [this.#changed, this.#timeline] = [nothingChanged(), []];
    const pick = <Key, Row>(keys: ReadonlySet<Key>, rows: ReadonlyMap<Key, Row>): Row[] =>
      [...keys].flatMap((key) => rows.get(key) ?? []);
    return {
      jobs: pick(changed.jobs, this.#jobs),
      cancellations: pick(changed.cancellations, this.#cancellations),
      bulks: pick(changed.bulks, this.#bulks),
      runners: pick(changed.runners, this.#runners),
      slots: pick(changed.slots, this.#slots),
      queues: pick(changed.queues, this.#queues),
      timeline,
    };
  }

  #applyToRows(event: PositionedEvent, named: NamedInEvent): void {
    const { aggregate, aggregateId } = parseStreamId(event.streamId);
    switch (aggregate) {
      case 'job':
        return this.#applyToJob(named, domainEvent<JobEvent>(event), event.position);
      case 'cancellation':
        return this.#applyToCancellation(named, domainEvent<CancellationEvent | BulkEvent>(event), event.position);
      case 'runner':
        return this.#applyToRunner(aggregateId, domainEvent<RunnerEvent>(event));
      case 'slot-pool':
        return this.#applyToSlots(domainEvent<SlotPoolEvent>(event));
      case 'queue':
        return this.#applyToQueue(aggregateId, domainEvent<QueueEvent>(event));
      case 'execution':
        return this.#applySignal(named, domainEvent<ExecutionEvent>(event));
      case 'cleanup':
        return this.#applyCleanup(named, domainEvent<CleanupEvent>(event));
      default:
        return aggregate satisfies never;
    }
  }

  #applyToJob({ jobId }: NamedInEvent, event: JobEvent, position: bigint): void {
    if (jobId !== null) this.#putJob(projectJob(this.#jobs.get(jobId), event, position));
  }

  #applyToCancellation({ cancellationId }: NamedInEvent, event: CancellationEvent | BulkEvent, position: bigint): void {
    if (cancellationId === null) return;
    if (isOfBulk(event))
      return this.#putBulk(projectBulk(cancellationId, this.#bulks.get(cancellationId), event, position));
    this.#putCancellation(projectCancellation(this.#cancellations.get(cancellationId), event, position));
  }

  #applyToRunner(runnerId: string, event: RunnerEvent): void {
    const row = projectRunner(this.#runners.get(runnerId), event);
    if (!row) return;
    this.#runners.set(runnerId, row);
    this.#changed.runners.add(runnerId);
  }

  #applyToSlots(event: SlotPoolEvent): void {
    for (const row of projectSlots(event, (slotId) => this.#slots.get(slotId))) {
      this.#slots.set(row.slot_id, row);
      this.#changed.slots.add(row.slot_id);
    }
  }

  #applyToQueue(queue: string, event: QueueEvent): void {
    const before = this.#queues.get(queue)?.state ?? queueDecider.initial;
    this.#queues.set(queue, { queue, state: queueDecider.evolve(before, event) });
    this.#changed.queues.add(queue);
  }

  #applySignal({ cancellationId }: NamedInEvent, event: ExecutionEvent): void {
    if (event.type !== 'ExecutionSignalled' && event.type !== 'ExecutionForceKilled') return;
    const row = cancellationId === null ? undefined : this.#cancellations.get(cancellationId);
    if (row) this.#putCancellation(projectSignal(row, event.type === 'ExecutionForceKilled'));
  }

  #applyCleanup({ jobId }: NamedInEvent, event: CleanupEvent): void {
    if (jobId === null || event.type !== 'CleanupCompleted' || event.kind !== 'job') return;
    const row = this.#jobs.get(jobId);
    if (row) this.#putJob({ ...row, cleaned: true });
  }

  #settle(jobId: JobId, position: bigint): void {
    const row = this.#jobs.get(jobId);
    if (!row || row.settled_position !== null || !isSettled(row, this.#openCancellations(jobId).length)) return;
    this.#putJob({ ...row, settled_position: position.toString() });
  }

  #openCancellations(jobId: JobId): CancellationRow[] {
    return [...this.#cancellations.values()].filter((row) => row.job_id === jobId && row.completed_position === null);
  }

  #putJob(row: JobRow | undefined): void {
    if (!row) return;
    this.#jobs.set(row.job_id, row);
    this.#changed.jobs.add(row.job_id);
  }

  #putBulk(row: BulkRow | undefined): void {
    if (!row) return;
    this.#bulks.set(row.cancellation_id, row);
    this.#changed.bulks.add(row.cancellation_id);
  }

  #putCancellation(row: CancellationRow | undefined): void {
    if (!row) return;
    this.#cancellations.set(row.cancellation_id, row);
    this.#changed.cancellations.add(row.cancellation_id);
  }
}

function nothingChanged() {
  return {
    jobs: new Set<JobId>(),
    cancellations: new Set<CancellationId>(),
    bulks: new Set<CancellationId>(),
    runners: new Set<string>(),
    slots: new Set<string>(),
    queues: new Set<string>(),
  };
}

function domainEvent<Event extends DomainEvent>(event: PositionedEvent): Event {
  return toDomainEvent<Event>(event);
}

/** The events of a bulk, in a cancellation's stream of its own kind, have names of their own. */
function isOfBulk(event: CancellationEvent | BulkEvent): event is BulkEvent {
  return event.type.startsWith('Bulk');
}
