import { streamIdOf } from '@necrocode/contracts';
import {
  type Bulk,
  type BulkCommand,
  type BulkEffect,
  bulkEffectsOf,
  type BulkMember,
  type BulkRequest,
  type BulkState,
  type Cancellation,
  type CancellationId,
  type JobId,
  type MemberEnding,
} from '@necrocode/domain';
import { type PositionedEvent, WrongExpectedVersion } from '@necrocode/event-store';
import type { StoreClient } from '../../store/store-client.js';
import type { Life } from '../../world/life.js';
import { ask } from '../ask.js';
import type { Site } from '../site.js';
import { newEvents } from '../streams/append-together.js';
import { foldStream } from '../streams/fold-stream.js';
import type { CancellationService } from './cancellation-service.js';

type Input = DistributiveOmit<Exclude<BulkCommand, { type: 'RequestBulk' }>, 'at' | 'proof'>;
type DistributiveOmit<Union, Key extends PropertyKey> = Union extends unknown ? Omit<Union, Key> : never;

export const OUTCOMES: ReadonlySet<string> = new Set([
  'CancellationCompleted',
  'CancellationLeftPartial',
  'CancellationLeftUnconfirmed',
  'CancellationUndone',
]);

/** Bulk cancellations: the plan in one append, then dequeued, opened and looked at until every target is settled. */
export class Bulks {
  readonly #running = new Set<CancellationId>();

  constructor(
    private readonly life: Life,
    private readonly site: Site,
    private readonly store: StoreClient,
    private readonly members: CancellationService,
  ) {}

  /** Repeatable. @returns whether there was anything to cancel */
  async request(request: BulkRequest): Promise<boolean> {
    const { cancellationId } = request;
    const { state, version } = await this.#load(cancellationId);
    if (state.status !== 'unknown') return true;
    const open = await ask(this.life, this.site.dispatcher, (owner) => owner.select());
    if (open.waiting.length + open.started.length === 0) return false;
    const selection = { ...open, snapshotAt: this.life.now(), digest: 'open' };
    const events = this.site.world.rules.bulk.decide(
      { type: 'RequestBulk', ...request, selection, at: this.life.now() },
      state,
    );
    await this.#append(cancellationId, version, events, `bulk/${cancellationId}`);
    this.#start(cancellationId);
    return true;
  }

  hear({ type }: PositionedEvent): void {
    if (OUTCOMES.has(type)) for (const id of this.site.tables.bulkDrives.keys()) this.#start(id);
  }

  driveDue(): void {
    for (const [id, drive] of this.site.tables.bulkDrives) {
      if (drive.dueAtMs > this.site.world.now) continue;
      drive.dueAtMs = this.site.world.now + 1_500;
      this.#start(id);
    }
  }

  #start(id: CancellationId): void {
    if (this.#running.has(id)) return;
    this.#running.add(id);
    this.life.run(() => this.#advance(id).finally(() => this.#running.delete(id)));
  }

  async #advance(id: CancellationId): Promise<void> {
    const asked = new Set<string>();
    for (;;) {
      const { state } = await this.#load(id);
      const next = bulkEffectsOf(state).find((effect) => !asked.has(keyOf(effect)));
      if (!next || state.status === 'unknown') return;
      asked.add(keyOf(next));
      const input = await this.#perform(state, next);
      if (input) await this.#feed(id, input);
    }
  }

  async #perform(bulk: Bulk, effect: BulkEffect): Promise<Input | null> {
    switch (effect.type) {
      case 'dequeue': {
        const { chunk, jobIds } = effect;
        const answer = await ask(this.life, this.site.dispatcher, (owner) =>
          owner.dequeue(bulk.cancellationId, jobIds),
        );
        return { type: 'RecordDequeued', chunk, ...answer };
      }
      case 'open-members': {
        const members: BulkMember[] = [];
        for (const jobId of effect.jobIds) members.push(await this.#open(bulk, jobId));
        return { type: 'RecordMembersOpened', members };
      }
      case 'look-at-members': {
        const endings: MemberEnding[] = [];
        for (const { jobId, cancellationId } of effect.members) {
          const state = await this.members.saga.load(cancellationId);
          const ending = state.status === 'unknown' ? null : endingOf(state);
          if (ending) endings.push({ jobId, ...ending });
        }
        return endings.length === 0 ? null : { type: 'RecordMembersSettled', members: endings };
      }
      default:
        return effect satisfies never;
    }
  }

  /** The same two, the same id: opening it again is no second one. */
  async #open(bulk: Bulk, jobId: JobId): Promise<BulkMember> {
    const { cancellationId: bulkId, options, reason, requestedBy, fingerprint, requestedAt } = bulk;
    const mine = `${bulkId}-${jobId}` as CancellationId; // Brand: where cancellations are named.
    const known = await this.members.saga.load(mine);
    if (known.status !== 'unknown') return { jobId, cancellationId: mine, joined: false };
    const answer = await this.members.request(
      {
        cancellationId: mine,
        target: { kind: 'job', jobId },
        options,
        reason,
        requestedBy,
        fingerprint,
        requestedAt,
        bulkId,
      },
      `open/${mine}`,
    );
    if (answer.result === 'joined' && answer.cancellationId) {
      this.site.world.reach('bulk-joined-a-member');
      return { jobId, cancellationId: answer.cancellationId, joined: true };
    }
    if (answer.result !== 'accepted') {
      // Over meanwhile: an ordinary cancellation that finds nothing to do is opened all the same, as the service does.
      const command = { cancellationId: mine, target: { kind: 'job' as const, jobId }, options, reason, requestedBy };
      const begun = { ...command, fingerprint, requestedAt, bulkId, at: this.life.now() };
      this.members.startFrom(await this.members.saga.begin({ type: 'RequestCancellation', ...begun }));
    }
    return { jobId, cancellationId: mine, joined: false };
  }

  async #feed(id: CancellationId, input: Input): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const { state, version, hash } = await this.#load(id);
      const at = this.life.now();
      const proof = { acknowledgedAt: at, traceId: null, streamHash: hash };
      const events = this.site.world.rules.bulk.decide({ ...input, at, proof }, state);
      if (events.length === 0) return;
      try {
        return await this.#append(id, version, events, this.site.world.newId('input'));
      } catch (error) {
        if (!(error instanceof WrongExpectedVersion) || attempt >= 20) throw error;
      }
    }
  }

  async #append(
    id: CancellationId,
    expectedVersion: number,
    events: Parameters<typeof newEvents>[0],
    commandId: string,
  ): Promise<void> {
    const streamId = streamIdOf('cancellation', id);
    const cause = { id: commandId, actor: 'service:cancellation-service', correlationId: id };
    await this.store.commit([{ streamId, expectedVersion, events: newEvents(events, streamId, cause) }]);
  }

  async #load(
    id: CancellationId,
  ): Promise<{ readonly state: BulkState; readonly version: number; readonly hash: string }> {
    const stored = await this.store.readStream(streamIdOf('cancellation', id));
    const state = foldStream(this.site.world.rules.bulk, stored);
    return { state, version: stored.length, hash: stored.at(-1)?.hash ?? '' };
  }
}

function keyOf(effect: BulkEffect): string {
  return effect.type === 'dequeue' ? `dequeue ${effect.chunk}` : effect.type;
}

function endingOf({ status, certificate, plan }: Cancellation): Omit<MemberEnding, 'jobId'> | null {
  if (status === 'undone') return { outcome: 'undone', executions: 0, forced: 0 };
  if (certificate === null) return null;
  const executions = certificate.executions.length;
  const forced = certificate.executions.filter((execution) => execution.forced).length;
  if (certificate.outcome !== 'completed') return { outcome: certificate.outcome, executions, forced };
  const cancelled = plan !== null && certificate.tasks.cancelled > 0;
  return { outcome: cancelled ? 'cancelled' : 'already-ended', executions, forced };
}
