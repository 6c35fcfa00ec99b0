import { streamIdOf } from '@necrocode/contracts';
import type {
  DispatchedJob,
  HeldSlot,
  JobCommand,
  JobEvent,
  JobFacts,
  JobId,
  SlotPool,
  SlotPoolCommand,
} from '@necrocode/domain';
import { jobFacts, knownJob } from '@necrocode/domain';
import { handleCommand, type HandledCommand } from '@necrocode/event-store';
import type { StoreClient } from '../../store/store-client.js';
import type { World } from '../../world/world.js';
import type { StreamDecision } from '../streams/append-together.js';
import { foldStream } from '../streams/fold-stream.js';

export const POOL = 'repos';
const ACTOR = 'service:dispatcher';

export interface Loaded<State> {
  readonly state: State;
  readonly version: number;
}

/** The streams the dispatcher owns. */
export class JobStreams {
  constructor(
    private readonly store: StoreClient,
    private readonly world: World,
  ) {}

  async load(jobId: JobId): Promise<DispatchedJob> {
    return foldStream(this.world.rules.job, await this.store.readStream(streamIdOf('job', jobId)));
  }

  async loadAll(jobIds: readonly JobId[]): Promise<ReadonlyMap<JobId, Loaded<DispatchedJob>>> {
    const streams = await this.store.readStreams(jobIds.map((id) => streamIdOf('job', id)));
    return new Map(
      jobIds.map((id) => {
        const events = streams.get(streamIdOf('job', id)) ?? [];
        return [id, { state: foldStream(this.world.rules.job, events), version: events.length }];
      }),
    );
  }

  async loadPool(): Promise<Loaded<SlotPool>> {
    const events = await this.store.readStream(streamIdOf('slot-pool', POOL));
    return { state: foldStream(this.world.rules.slotPool, events), version: events.length };
  }

  handle(jobId: JobId, command: JobCommand, commandId: string): Promise<HandledCommand<DispatchedJob, JobEvent>> {
    return handleCommand({
      store: this.store,
      decider: this.world.rules.job,
      streamId: streamIdOf('job', jobId),
      command,
      metadata: { actor: ACTOR, correlationId: jobId, causationId: commandId },
      commandId,
      maxAttempts: 20,
    });
  }

  async decide(jobId: JobId, command: JobCommand): Promise<StreamDecision> {
    const streamId = streamIdOf('job', jobId);
    const stored = await this.store.readStream(streamId);
    const { job } = this.world.rules;
    return { streamId, expectedVersion: stored.length, events: job.decide(command, foldStream(job, stored)) };
  }

  async decideSlot(command: SlotPoolCommand): Promise<StreamDecision> {
    const { state, version } = await this.loadPool();
    const events = this.world.rules.slotPool.decide(command, state);
    return { streamId: streamIdOf('slot-pool', POOL), expectedVersion: version, events };
  }

  /** Slots are looked up after the job was read, as the dispatcher does it. */
  async describe(dispatched: DispatchedJob): Promise<JobFacts> {
    const { jobId } = knownJob(dispatched);
    return jobFacts(dispatched, heldBy(jobId, (await this.loadPool()).state));
  }
}

function heldBy(jobId: JobId, { pool, slots }: SlotPool): readonly HeldSlot[] {
  return [...slots.values()].flatMap(({ slotId, use }) =>
    use.status !== 'free' && use.holder.jobId === jobId
      ? [{ pool, slotId, executionId: use.holder.executionId, status: use.status }]
      : [],
  );
}
