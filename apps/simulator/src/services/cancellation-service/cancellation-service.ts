import {
  alreadyEnded,
  CANCELLATIONS_HEAR,
  type Cancellation,
  type CancellationEffect,
  type CancellationId,
  type CancellationRequest,
  type CancellationState,
  effectKey,
  effectsOf,
  type ExecutionStop,
  isAnyLeft,
  jobFacts,
  joinableKeys,
  liveTargets,
  reactionTo,
  Rejection,
  standingStill,
  terminationOf,
} from '@necrocode/domain';
import { streamIdOf } from '@necrocode/contracts';
import { type PositionedEvent, WrongExpectedVersion } from '@necrocode/event-store';
import { StoreClient } from '../../store/store-client.js';
import type { Life } from '../../world/life.js';
import { Unavailable } from '../../world/unavailable.js';
import { ask } from '../ask.js';
import { type Checkpoint, consume } from '../consumer.js';
import { isAnyDue, type Site } from '../site.js';
import { foldStream } from '../streams/fold-stream.js';
import { Bulks, OUTCOMES } from './bulks.js';
import { PerformEffect } from './perform-effect.js';
import { Saga } from './saga.js';

const PATIENCE_MS = 5_000;
const FIRST_MS = 200;
const LONGEST_MS = 5_000;

export interface RequestAnswer {
  readonly result: string;
  readonly cancellationId: CancellationId | null;
}

/** The cancellation-service's edges, over the real saga decider: accept, drive, hear, drive again. */
export class CancellationService {
  readonly saga: Saga;
  readonly bulks: Bulks;
  readonly #store: StoreClient;
  readonly #perform: PerformEffect;
  /** What is being asked for, of all cancellations of this process; `true`: somebody wanted it meanwhile. */
  readonly #asking = new Map<string, boolean>();

  constructor(
    private readonly life: Life,
    private readonly site: Site,
    checkpoint: Checkpoint,
  ) {
    this.#store = new StoreClient(life, site.access);
    this.saga = new Saga(life, site, this.#store);
    this.#perform = new PerformEffect(life, site, this.saga);
    this.bulks = new Bulks(life, site, this.#store, this);
    const heard = new Set([...CANCELLATIONS_HEAR, ...OUTCOMES]);
    const byStream = ({ streamId }: PositionedEvent): string => streamId;
    consume(life, site, checkpoint, heard, (event) => this.#react(event), byStream);
    const { cancellationDrives, bulkDrives } = site.tables;
    const { world } = site;
    life.every(
      200,
      () => this.#driveDue(),
      () => isAnyDue(cancellationDrives, world.now) || isAnyDue(bulkDrives, world.now),
    );
  }

  /** Once this answers `accepted`, the cancellation will be carried out whatever dies. */
  async request(request: CancellationRequest, commandId: string): Promise<RequestAnswer> {
    const { cancellationId, target } = request;
    const stored = await this.#store.readStream(streamIdOf('job', target.jobId));
    const job = foldStream(this.site.world.rules.job, stored);
    const facts = jobFacts(job, []);
    const open = this.#openFor(target);
    const ended = alreadyEnded(target, facts);
    if (ended && !(ended === 'already-cancelled' && isAnyLeft(target, job))) {
      const { status } = await this.saga.load(cancellationId);
      return { result: status === 'unknown' ? ended : 'accepted', cancellationId };
    }
    if (open !== null && open !== cancellationId) return this.#join(open, request, commandId);
    if (this.site.world.broken('answer-before-append')) {
      this.life.run(() => this.#begin(request));
      return { result: 'accepted', cancellationId };
    }
    await this.#begin(request);
    this.#signalAtOnce(request, liveTargets(request, facts));
    return { result: 'accepted', cancellationId };
  }

  async undo(cancellationId: CancellationId, commandId: string): Promise<void> {
    const undone = await this.saga.feed(
      cancellationId,
      (_, proof, at) => ({ type: 'UndoCancellation', requestedBy: 'ada', at, proof }),
      commandId,
    );
    this.startFrom(undone);
  }

  startFrom(state: CancellationState): void {
    this.life.run(() => this.#advance(state, new Set()));
  }

  async #begin(request: CancellationRequest): Promise<void> {
    try {
      const command = { type: 'RequestCancellation' as const, ...request, at: this.life.now() };
      this.startFrom(await this.saga.begin(command));
    } catch (error) {
      if (!(error instanceof WrongExpectedVersion)) throw error;
      const state = await this.saga.load(request.cancellationId);
      if (state.status === 'unknown' || state.fingerprint !== request.fingerprint)
        throw new Rejection('idempotency-conflict');
    }
  }

  /** The one that the request joins. */
  #openFor(target: CancellationRequest['target']): CancellationId | null {
    const { openTargets } = this.site.tables;
    const [first] = joinableKeys(target).flatMap((key) => openTargets.get(key) ?? []);
    return first?.cancellationId ?? null;
  }

  async #join(open: CancellationId, request: CancellationRequest, commandId: string): Promise<RequestAnswer> {
    const { options, reason, requestedBy } = request;
    const joined = await this.saga.feed(
      open,
      (_, proof, at) => ({ type: 'JoinCancellation', options, reason, requestedBy, at, proof }),
      commandId,
    );
    this.site.world.reach('joined');
    this.startFrom(joined);
    return { result: 'joined', cancellationId: open };
  }

  /** Beside the durable path; losing it costs time, nothing else. */
  #signalAtOnce({ cancellationId, undoWindowMs }: CancellationRequest, stops: readonly ExecutionStop[]): void {
    if (undoWindowMs !== undefined || stops.length === 0) return;
    this.life.run(async () => {
      const cause = this.site.world.newId('stop');
      const answers = await ask(this.life, this.site.monitor, (owner) => owner.stop(stops, cause), 4_000);
      for (const { execution } of stops) {
        const ending = answers.find(({ executionId }) => executionId === execution.executionId)?.ending;
        if (ending) this.startFrom(await this.saga.feed(cancellationId, terminationOf(execution, ending)));
      }
    });
  }

  async #react(event: PositionedEvent): Promise<void> {
    this.bulks.hear(event);
    const reaction = reactionTo(event);
    if (!reaction) return;
    const open = [...this.site.tables.openTargets.values()].filter(({ jobId }) => jobId === reaction.jobId);
    for (const { cancellationId } of open) {
      const state = reaction.input
        ? await this.saga.feed(cancellationId, reaction.input, event.id)
        : await this.saga.load(cancellationId);
      this.startFrom(state);
    }
  }

  /** Each thing once in a drive; what another drive asks for already is asked for once more if it still is to be done. */
  async #advance(state: CancellationState, asked: Set<string>): Promise<void> {
    if (state.status === 'unknown') return;
    const { cancellationId } = state;
    const effects = effectsOf(state).filter((effect) => !asked.has(effectKey(effect)));
    for (const effect of effects) asked.add(effectKey(effect));
    await Promise.all(effects.map((effect) => this.#askFor(cancellationId, effect, asked)));
  }

  async #askFor(id: CancellationId, effect: CancellationEffect, asked: Set<string>): Promise<void> {
    const key = `${id}:${effectKey(effect)}`;
    if (this.#asking.has(key)) {
      this.#asking.set(key, true);
      return;
    }
    const after = await this.#askUntilHeard(id, effect, key).finally(() => this.#asking.delete(key));
    await this.#advance(after, asked);
  }

  async #askUntilHeard(id: CancellationId, effect: CancellationEffect, key: string): Promise<CancellationState> {
    this.#asking.set(key, false);
    let after = await this.#attempt(id, effect);
    while (this.#asking.get(key) === true) {
      this.#asking.set(key, false);
      const still = effectsOf(after).find((open) => effectKey(open) === effectKey(effect));
      if (still) after = await this.#attempt(id, still);
    }
    return after;
  }

  async #attempt(id: CancellationId, effect: CancellationEffect): Promise<CancellationState> {
    try {
      return await this.#perform.perform(id, effect);
    } catch (error) {
      if (!(error instanceof Unavailable || error instanceof Rejection)) throw error;
      const code = error instanceof Rejection ? error.code : 'service-unavailable';
      const { step } = effect;
      const failed = { code, message: error.message };
      return this.saga.feed(id, (_, proof, at) => ({ type: 'RecordStepFailure', step, error: failed, at, proof }));
    }
  }

  async #driveDue(): Promise<void> {
    const { tables, world } = this.site;
    const due = [...tables.cancellationDrives].filter(([, { dueAtMs }]) => dueAtMs <= world.now);
    for (const [id, drive] of due) {
      drive.attempts += 1;
      drive.dueAtMs = world.now + Math.min(LONGEST_MS, FIRST_MS * 2 ** drive.attempts);
      this.life.run(() => this.#drive(id));
    }
    this.bulks.driveDue();
  }

  async #drive(id: CancellationId): Promise<void> {
    const state = await this.saga.load(id);
    if (state.status === 'unknown') return;
    const before = await this.#closeWindow(state);
    await this.#advance(before, new Set());
    await this.saga.feed(id, (after, proof, at) => {
      const steps = standingStill(before, after);
      return steps.length === 0 ? null : { type: 'RecordStandstill', steps, patienceMs: PATIENCE_MS, at, proof };
    });
  }

  async #closeWindow(state: Cancellation): Promise<Cancellation> {
    if (state.hold?.phase !== 'holding') return state;
    const after = await this.saga.feed(state.cancellationId, (_, proof, at) => ({
      type: 'CloseUndoWindow',
      at,
      proof,
    }));
    return after.status === 'unknown' ? state : after;
  }
}
