import type { CommandMeta } from '@necrocode/contracts';
import { type BulkPlan, type BulkRequest, type BulkSelection, type CancellationId, Rejection } from '@necrocode/domain';
import { WrongExpectedVersion } from '@necrocode/event-store';
import { CodedError, type CommandClient, type DriveQueue, type Logger } from '@necrocode/service-kit';
import type { BulkSaga } from '../bulk-saga/bulk-saga.js';
import type { BulkDrive } from '../drive-bulk/bulk-drive.js';
import { planChanges, planTokenOf, snapshotOf } from './plan-token.js';
import { selectTargets } from './select-targets.js';

export interface BulkOrder {
  readonly request: BulkRequest;
  readonly planToken: string | null;
  /** The number of targets the caller expects. */
  readonly expectedCount: number | null;
}

export interface BulkAnswer {
  /** null: nothing matched, and nothing was stored. */
  readonly cancellationId: CancellationId | null;
  readonly plan: BulkPlan;
}

/** A bulk that does not move is driven again after so long, ms. */
const FIRST_REDRIVE_MS = 1_000;

/** Accepts a bulk: its targets are fixed in one selection and stored with the request, in one append. */
export class RequestBulk {
  constructor(
    private readonly saga: BulkSaga,
    private readonly drives: DriveQueue,
    private readonly drive: BulkDrive,
    private readonly commands: Pick<CommandClient, 'ask'>,
    /** More targets than this need the token of a dry run, or their number. */
    private readonly confirmOver: number,
    private readonly logger: Logger,
  ) {}

  /** What a request would cancel now, and the token that stands for exactly that. */
  async plan(request: BulkRequest, { actor, traceparent }: CommandMeta) {
    const selection = await selectTargets(this.commands, request.target, { actor, traceparent });
    const jobIds = [...selection.waiting, ...selection.started].slice(0, SHOWN);
    return { plan: planOf(selection), planToken: planTokenOf(request, selection), jobIds };
  }

  /** @throws {CodedError} `plan-changed`, `bulk-not-confirmed` @throws {Rejection} `idempotency-conflict` */
  async handle(order: BulkOrder, meta: CommandMeta): Promise<BulkAnswer> {
    const { request } = order;
    const { actor, traceparent } = meta;
    const [before, selection] = await Promise.all([
      this.#answerRepeated(request),
      selectTargets(this.commands, request.target, { actor, traceparent }),
    ]);
    if (before) return before;
    const plan = planOf(selection);
    await this.#confirm(order, selection, meta);
    if (plan.targets === 0) return { cancellationId: null, plan };
    return this.#begin(request, selection, meta);
  }

  async #begin(request: BulkRequest, selection: BulkSelection, meta: CommandMeta): Promise<BulkAnswer> {
    const { cancellationId } = request;
    const { actor, traceparent } = meta;
    const command = { type: 'RequestBulk' as const, ...request, selection, at: new Date().toISOString() };
    const metadata = {
      actor,
      correlationId: cancellationId,
      causationId: meta.id,
      ...(traceparent === undefined ? {} : { traceparent }),
    };
    const timer = this.drives.schedule(cancellationId, FIRST_REDRIVE_MS);
    try {
      const begun = await this.saga.begin(command, meta.id, metadata, [timer]);
      this.drive.start(cancellationId, begun);
    } catch (error) {
      const before = error instanceof WrongExpectedVersion ? await this.#answerRepeated(request) : null;
      if (!before) throw error;
      return before;
    }
    const plan = planOf(selection);
    return { cancellationId, plan };
  }

  /** The id was used before: the same body gets the same answer, another one a conflict. */
  async #answerRepeated({ cancellationId, fingerprint }: BulkRequest): Promise<BulkAnswer | null> {
    const { state, first } = await this.saga.load(cancellationId);
    if (!first) return null;
    if (state.status === 'unknown' || state.fingerprint !== fingerprint) throw new Rejection('idempotency-conflict');
    return { cancellationId, plan: state.plan };
  }

  async #confirm(
    { request, planToken, expectedCount }: BulkOrder,
    selection: BulkSelection,
    { actor, traceparent }: CommandMeta,
  ): Promise<void> {
    const { targets } = planOf(selection);
    if (planToken !== null) {
      const snapshotAt = snapshotOf(planToken);
      const options = { actor, traceparent };
      const still = snapshotAt === null ? selection : await this.#selectAt(request, options, snapshotAt);
      const changes = planChanges(planToken, request, selection, still);
      if (changes !== null) throw new CodedError('plan-changed', { changes });
    }
    if (expectedCount !== null && expectedCount !== targets) {
      throw new CodedError('plan-changed', { changes: `expected were ${expectedCount} jobs, now it is ${targets}` });
    }
    if (planToken === null && expectedCount === null && targets > this.confirmOver) {
      throw new CodedError('bulk-not-confirmed', { targets, limit: this.confirmOver });
    }
  }

  #selectAt({ target }: BulkRequest, options: Parameters<typeof selectTargets>[2], snapshotAt: string) {
    return selectTargets(this.commands, target, options, snapshotAt);
  }
}

/** Ids a dry run shows: enough to see what is meant. */
const SHOWN = 100;

function planOf({ waiting, started, snapshotAt, digest }: BulkSelection): BulkPlan {
  const targets = waiting.length + started.length;
  return { targets, waiting: waiting.length, started: started.length, snapshotAt, digest };
}
