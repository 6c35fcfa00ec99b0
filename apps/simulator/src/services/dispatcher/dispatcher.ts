import { streamIdOf } from '@necrocode/contracts';
import {
  type CancellationId,
  type Cascade,
  dequeuedJob,
  assumedEnding,
  type CleanupEvent,
  type ExecutionEnding,
  type ExecutionEvent,
  type ExecutionIdentity,
  isWaiting,
  type JobCommand,
  type JobFacts,
  type JobId,
  knownJob,
  lookAt,
  type RunnerEvent,
  type SparedTask,
  type TaskId,
} from '@necrocode/domain';
import { EventIdTaken, type StoredEvent, toDomainEvent, Upcasters, WrongExpectedVersion } from '@necrocode/event-store';
import { StoreClient } from '../../store/store-client.js';
import type { Life } from '../../world/life.js';
import { ask } from '../ask.js';
import { type Checkpoint, consume } from '../consumer.js';
import type { Site } from '../site.js';
import { appendTogether, type Cause, newEvents } from '../streams/append-together.js';
import { foldStream } from '../streams/fold-stream.js';
import { assignReady } from './assign.js';
import { JobStreams } from './job-streams.js';
import { limitRequest } from './limit-request.js';

const ACTOR = 'service:dispatcher';
const noUpcasters = new Upcasters();

export interface BlockOrder {
  readonly cancellationId: CancellationId;
  readonly jobId: JobId;
  readonly taskId: TaskId | null;
  readonly cascade: Cascade;
}

/** The dispatcher's edges, over the real deciders and the real placement: who asks what, in which order, in which append. */
export class Dispatcher {
  readonly #store: StoreClient;
  readonly #streams: JobStreams;
  #isAssigning = false;
  #isWanted = false;

  constructor(
    private readonly life: Life,
    private readonly site: Site,
    checkpoint: Checkpoint,
  ) {
    this.#store = new StoreClient(life, site.access);
    this.#streams = new JobStreams(this.#store, site.world);
    consume(life, site, checkpoint, new Set([...HEARD, ...WAKES]), (event) => this.#react(event));
    const isAnyOpen = (): boolean => site.tables.openJobs.size > 0;
    life.every(1_000, () => this.#driveStarts(), isAnyOpen);
    life.every(700, () => this.#driveLimits(), isAnyOpen);
    life.every(500, () => this.#assign(), isAnyOpen);
  }

  async submit(command: Extract<JobCommand, { type: 'SubmitJob' }>): Promise<void> {
    await this.#streams.handle(command.jobId, command, `submit/${command.jobId}`);
    this.#wake();
  }

  async describe(jobId: JobId): Promise<JobFacts> {
    return this.#streams.describe(await this.#streams.load(jobId));
  }

  /** Takes in the ends that are stored, whether or not their events have come round. */
  async settle(jobId: JobId): Promise<JobFacts> {
    const open = knownJob(await this.#streams.load(jobId)).tasks.flatMap(({ progress }) =>
      'assignment' in progress ? [progress.assignment.executionId] : [],
    );
    const streams = await this.#store.readStreams(open.map((id) => streamIdOf('execution', id)));
    for (const event of [...streams.values()].flat()) {
      if (event.type === 'ExecutionEnded' || event.type === 'ExecutionFenced') await this.#react(event);
    }
    return this.describe(jobId);
  }

  async block(order: BlockOrder): Promise<{
    readonly facts: JobFacts;
    readonly taskIds: readonly TaskId[];
    readonly spared: readonly SparedTask[];
  }> {
    const { jobId, cancellationId, taskId, cascade } = order;
    const command = { type: 'BlockDispatch' as const, cancellationId, taskId, cascade, at: this.life.now() };
    const { state } = await this.#streams.handle(jobId, command, `block-dispatch/${cancellationId}`);
    const mine = knownJob(state).cancellations.find((blocked) => blocked.cancellationId === cancellationId);
    return {
      facts: await this.#streams.describe(state),
      taskIds: mine?.taskIds ?? [],
      spared: mine?.spared ?? [],
    };
  }

  async park(order: BlockOrder): Promise<{ readonly facts: JobFacts; readonly taskIds: readonly TaskId[] }> {
    const { jobId, cancellationId, taskId, cascade } = order;
    const command = { type: 'ParkTasks' as const, cancellationId, taskId, cascade, at: this.life.now() };
    const { state } = await this.#streams.handle(jobId, command, `park-tasks/${cancellationId}`);
    const mine = knownJob(state).parked.find((each) => each.cancellationId === cancellationId);
    return { facts: await this.#streams.describe(state), taskIds: mine?.taskIds ?? [] };
  }

  async unpark(jobId: JobId, cancellationId: CancellationId): Promise<void> {
    const command = { type: 'UnparkTasks' as const, cancellationId, at: this.life.now() };
    await this.#streams.handle(jobId, command, `unpark-tasks/${cancellationId}`);
    this.#wake();
  }

  /** Open jobs, by whether anything of them was ever assigned. */
  async select(): Promise<{ readonly waiting: readonly JobId[]; readonly started: readonly JobId[] }> {
    const jobs = await this.#streams.loadAll([...this.site.tables.openJobs]);
    const open = [...jobs.values()].flatMap(({ state: { job } }) => (job.status === 'unknown' ? [] : [job]));
    return {
      waiting: open.filter(isWaiting).map(({ jobId }) => jobId),
      started: open.filter((job) => !isWaiting(job)).map(({ jobId }) => jobId),
    };
  }

  /** One event a job, in one append; a job that was assigned meanwhile refuses it, and all is decided again without it. */
  async dequeue(cancellationId: CancellationId, jobIds: readonly JobId[]) {
    for (let attempt = 1; ; attempt++) {
      const jobs = [...(await this.#streams.loadAll(jobIds)).values()].flatMap(({ state: { job }, version }) =>
        job.status === 'unknown' ? [] : [{ job, version }],
      );
      const everything = this.site.world.broken('dequeue-what-has-begun');
      const waiting = jobs.filter(({ job }) => isWaiting(job) || (everything && job.endedAt === null));
      const at = this.life.now();
      try {
        if (waiting.length > 0)
          await this.#store.commit(
            waiting.map(({ job: { jobId }, version }) => {
              const streamId = streamIdOf('job', jobId);
              const cause: Cause = { id: `dequeue/${cancellationId}`, actor: ACTOR, correlationId: jobId };
              const events = newEvents([dequeuedJob(jobId, cancellationId, at)], streamId, cause);
              return { streamId, expectedVersion: version, events };
            }),
          );
      } catch (error) {
        const raced = error instanceof WrongExpectedVersion || error instanceof EventIdTaken;
        if (!raced || attempt >= 20) throw error;
        continue;
      }
      if (waiting.length > 0) this.site.world.reach('dequeued-by-bulk');
      return {
        started: jobs.flatMap(({ job }) => (job.endedAt === null && !isWaiting(job) ? [job.jobId] : [])),
        ended: jobs.flatMap(({ job }) => {
          const how = ENDED[job.status];
          const by = job.cancellations.at(-1)?.cancellationId ?? null;
          return how && by !== cancellationId ? [{ jobId: job.jobId, how, cancellationId: by }] : [];
        }),
      };
    }
  }

  async #react(stored: StoredEvent): Promise<void> {
    if (HEARD.has(stored.type)) {
      const event = toDomainEvent<ExecutionEvent | CleanupEvent | RunnerEvent>(stored, noUpcasters);
      switch (event.type) {
        case 'ExecutionStarted':
          return this.#recordStart(event.execution, stored);
        case 'ExecutionEnded':
          return this.#recordEnding(event.execution, event.ending, stored);
        case 'ExecutionFenced':
          return this.#recordEnding(event.execution, assumedEnding, stored);
        case 'SlotProvenClean':
          return this.#freeSlot(event, stored);
        case 'RunnerRegistered':
          return this.#trackRunner(event.runner.runnerId, stored);
        case 'RunnerLost':
        case 'RunnerReturned':
        case 'RunnerDrained':
        case 'RunnerQuarantined':
          return this.#trackRunner(event.runnerId, stored);
        default:
          return undefined;
      }
    }
    if (WAKES.has(stored.type)) this.#wake();
  }

  async #recordStart({ jobId, taskId, executionId }: ExecutionIdentity, { id }: StoredEvent): Promise<void> {
    const at = this.life.now();
    await this.#streams.handle(jobId, { type: 'RecordStart', taskId, executionId, at }, id);
  }

  async #recordEnding(execution: ExecutionIdentity, ending: ExecutionEnding, { id }: StoredEvent): Promise<void> {
    const { jobId, taskId, executionId, slot } = execution;
    const at = this.life.now();
    const random = this.site.world.random.next();
    const { world } = this.site;
    await appendTogether(
      this.#store,
      async () => {
        const command = { type: 'RecordEnding' as const, taskId, executionId, ending, random, at };
        const record = await this.#streams.decide(jobId, command);
        if (!slot || (ending.reason === 'fenced' && !world.broken('free-the-slot-of-the-fenced'))) return [record];
        const unclean = world.broken('free-slot-before-clean') || ending.reason === 'fenced';
        const soil = unclean
          ? ({
              type: 'FreeSlot',
              slotId: slot.slotId,
              executionId,
              evidence: { kind: slot.kind, leftEntries: 0, checkedAt: at },
              at,
            } as const)
          : ({ type: 'SoilSlot', slotId: slot.slotId, executionId, at } as const);
        return [record, await this.#streams.decideSlot(soil)];
      },
      { id, actor: ACTOR, correlationId: jobId },
    );
    this.#wake();
  }

  async #freeSlot(
    { jobId, executionId, slotId, evidence }: Extract<CleanupEvent, { type: 'SlotProvenClean' }>,
    { id }: StoredEvent,
  ): Promise<void> {
    const free = { type: 'FreeSlot' as const, slotId, executionId, evidence, at: this.life.now() };
    await appendTogether(this.#store, async () => [await this.#streams.decideSlot(free)], {
      id,
      actor: ACTOR,
      correlationId: jobId,
    });
    this.#wake();
  }

  async #trackRunner(runnerId: string, { streamId }: StoredEvent): Promise<void> {
    const { world, tables } = this.site;
    const state = foldStream(world.rules.runner, await this.#store.readStream(streamId));
    if (state.status === 'unknown') return;
    const { capacity, slots } = state.runner;
    tables.offers.set(state.runner.runnerId, {
      status: state.status,
      capacity,
      slotIds: slots.map(({ slotId }) => slotId),
    });
    const at = this.life.now();
    await appendTogether(
      this.#store,
      async () => [await this.#streams.decideSlot({ type: 'AddSlots', pool: 'repos', slots, at })],
      { id: `slots/${runnerId}`, actor: ACTOR, correlationId: 'repos' },
    );
    this.#wake();
  }

  #wake(): void {
    this.life.run(() => this.#assign());
  }

  async #assign(): Promise<void> {
    this.#isWanted = true;
    if (this.#isAssigning) return;
    this.#isAssigning = true;
    try {
      while (this.#isWanted) {
        this.#isWanted = false;
        for (const execution of await assignReady(this.life, this.site, this.#store, this.#streams)) {
          this.life.run(() => this.#start(execution));
        }
      }
    } finally {
      this.#isAssigning = false;
    }
  }

  /** A start is asked for until the job's stream says that it happened, ended or is not wanted any more. */
  async #start(execution: ExecutionIdentity): Promise<void> {
    const { jobId, taskId, executionId, slot } = execution;
    const agent = this.site.agents.get(execution.runnerId);
    if (!agent) return;
    const answer = await ask(this.life, agent, (there) => there.start(execution));
    if (answer !== 'full') return;
    this.site.world.reach('start-refused');
    const at = this.life.now();
    await appendTogether(
      this.#store,
      async () => {
        const command = { type: 'UnassignTask' as const, taskId, executionId, because: answer, at };
        const unassigned = await this.#streams.decide(jobId, command);
        if (unassigned.events.length === 0 || !slot) return [unassigned];
        const free = { type: 'FreeSlot' as const, slotId: slot.slotId, executionId, evidence: null, at };
        return [unassigned, await this.#streams.decideSlot(free)];
      },
      { id: `${executionId}/refused`, actor: ACTOR, correlationId: jobId },
    );
    this.#wake();
  }

  async #driveStarts(): Promise<void> {
    const jobs = await this.#streams.loadAll([...this.site.tables.openJobs]);
    const pending = [...jobs.values()].flatMap(({ state: { job } }) =>
      job.status === 'unknown'
        ? []
        : job.tasks.flatMap(({ spec, progress }) =>
            progress.status === 'pending' ? [{ ...progress.assignment, jobId: job.jobId, taskId: spec.taskId }] : [],
          ),
    );
    await Promise.all(pending.map((execution) => this.#start(execution).catch(() => undefined)));
  }

  async #driveLimits(): Promise<void> {
    for (const jobId of [...this.site.tables.openJobs]) {
      const { job } = await this.#streams.load(jobId);
      const due = job.status === 'unknown' ? null : lookAt(job);
      if (due === null || due > this.life.now()) continue;
      const cancellationId = this.site.world.newId('can') as CancellationId; // Brand: where cancellations are named.
      const command = { type: 'EnforceLimits' as const, cancellationId, at: this.life.now() };
      const after = knownJob((await this.#streams.handle(jobId, command, cancellationId)).state);
      if (after.overdue === null || after.endedAt !== null || this.#limited.has(jobId)) continue;
      const request = limitRequest(after, after.overdue);
      await ask(this.life, this.site.cancellations, (service) => service.request(request, request.cancellationId));
      this.#limited.add(jobId);
      this.site.world.reach('limit-reached');
    }
  }

  /** Forgotten with the process: asking again is harmless. */
  readonly #limited = new Set<JobId>();
}

const ENDED: Readonly<Partial<Record<string, 'already-completed' | 'already-failed' | 'already-cancelled'>>> = {
  completed: 'already-completed',
  failed: 'already-failed',
  cancelled: 'already-cancelled',
};

const HEARD: ReadonlySet<string> = new Set([
  'ExecutionStarted',
  'ExecutionEnded',
  'ExecutionFenced',
  'SlotProvenClean',
  'RunnerRegistered',
  'RunnerLost',
  'RunnerReturned',
  'RunnerDrained',
  'RunnerQuarantined',
]);

const WAKES: ReadonlySet<string> = new Set([
  'TaskQueued',
  'TaskUnassigned',
  'TaskRetryScheduled',
  'TaskCompleted',
  'TaskFailed',
  'TaskCancelled',
  'SlotsAdded',
  'SlotFreed',
]);
