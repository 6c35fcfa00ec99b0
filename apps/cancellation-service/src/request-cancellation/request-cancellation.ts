import { setImmediate as nextTurn } from 'node:timers/promises';
import { type CommandMeta, runnerMonitorCommands } from '@necrocode/contracts';
import {
  type AlreadyEnded,
  alreadyEnded,
  type CancellationId,
  type CancellationRequest,
  endedBy,
  type ExecutionEnding,
  type ExecutionId,
  type ExecutionStop,
  type JobFacts,
  liveTargets,
  Rejection,
  stopsByRunner,
  terminationOf,
} from '@necrocode/domain';
import { WrongExpectedVersion } from '@necrocode/event-store';
import type { CommandClient, DriveQueue, Logger } from '@necrocode/service-kit';
import type { CancellationDrive } from '../drive-cancellation/cancellation-drive.js';
import type { PlanCancellation } from '../plan-cancellation/plan-cancellation.js';
import { isTargetTaken, type OpenTargets } from '../saga/open-targets.js';
import { ACTOR, newInputId, type Saga } from '../saga/saga.js';
import { traceparentOf } from '../saga/traceparent-of.js';
import type { Jobs } from './stored-jobs.js';

export interface RequestAnswer {
  readonly result: 'accepted' | 'joined' | AlreadyEnded;
  readonly cancellationId: CancellationId | null;
}

/** A cancellation is driven again when it has not moved for this long after its request, ms. */
const FIRST_REDRIVE_MS = 1_000;

/** Accepts a request: once its first event is stored, the cancellation will be carried out whatever crashes. */
export class RequestCancellation {
  constructor(
    private readonly saga: Saga,
    private readonly targets: OpenTargets,
    private readonly drives: DriveQueue,
    private readonly drive: CancellationDrive,
    private readonly plans: PlanCancellation,
    private readonly jobs: Jobs,
    private readonly commands: CommandClient,
    private readonly logger: Logger,
  ) {}

  /** @throws {CodedError} `plan-changed`: it came with the token of a plan that is not what would happen now */
  async handle(
    request: CancellationRequest,
    meta: CommandMeta,
    planToken: string | null = null,
  ): Promise<RequestAnswer> {
    if (planToken !== null) {
      const { state } = await this.saga.load(request.cancellationId);
      if (state.status !== 'unknown') return this.answerRepeated(request); // Carrying it out has changed its plan.
      await this.plans.expectPlan(request, planToken, meta);
    }
    const [facts, open] = await Promise.all([
      this.jobs.describe(request.target.jobId),
      this.targets.find(request.target),
    ]);
    const ended = alreadyEnded(request.target, facts);
    // Of a task that was cancelled an earlier request may have spared what this one asks for.
    if (ended && !(ended === 'already-cancelled' && (await this.jobs.isAnyLeft(request.target))))
      return this.answerEnded(request, ended, facts);
    if (open !== null && open !== request.cancellationId) return this.join(open, request, meta);
    return this.begin(request, facts, meta);
  }

  private async begin(request: CancellationRequest, facts: JobFacts, meta: CommandMeta): Promise<RequestAnswer> {
    const { cancellationId, target } = request;
    const command = { type: 'RequestCancellation' as const, ...request, at: new Date().toISOString() };
    const { actor, traceparent } = meta;
    const metadata = {
      actor,
      correlationId: target.jobId,
      causationId: meta.id,
      ...(traceparent === undefined ? {} : { traceparent }),
    };
    const companions = [
      this.targets.claim(target, cancellationId),
      this.drives.schedule(cancellationId, Math.min(FIRST_REDRIVE_MS, request.undoWindowMs ?? Infinity)),
    ];
    try {
      const begun = await this.saga.begin(command, meta.id, metadata, companions);
      const stops = request.undoWindowMs === undefined ? liveTargets(request, facts) : []; // Within a window it is held first.
      for (const [runnerId, theirs] of stopsByRunner(stops))
        this.commands.tellRunner(runnerId, 'stop', { stops: theirs });
      // The signal and the answer are on their way before anything else is begun.
      this.drive.alongside(
        nextTurn().then(() => {
          if (stops.length > 0) this.recordStops(cancellationId, stops, traceparentOf(begun, 'terminate'));
          this.drive.startFrom(begun);
        }),
      );
    } catch (error) {
      if (error instanceof WrongExpectedVersion) return this.answerRepeated(request);
      if (!isTargetTaken(error)) throw error;
      const open = await this.targets.find(target);
      return open === null ? this.handle(request, meta) : this.join(open, request, meta);
    }
    return { result: 'accepted', cancellationId };
  }

  /**
   * The runners have been told directly, beside the durable path, which drives the same stops again: losing that costs time,
   * nothing else. The runner-monitor records the stops and signals again: a stop that comes twice is one.
   */
  private recordStops(
    cancellationId: CancellationId,
    stops: readonly ExecutionStop[],
    traceparent: string | undefined,
  ): void {
    const signalling = this.commands
      .ask(runnerMonitorCommands.stopExecutions, { stops: [...stops] }, { actor: ACTOR, traceparent })
      .then(({ executions }) => this.recordEnds(cancellationId, stops, executions))
      .catch((error: unknown) =>
        this.logger.warn({ err: error, cancellationId }, 'early signal failed; the saga will send it'),
      );
    this.drive.beside(cancellationId, { type: 'stop-executions', step: 'terminate' }, signalling);
  }

  /** Those that ended before the answer; their events come as well. */
  private async recordEnds(
    cancellationId: CancellationId,
    stops: readonly ExecutionStop[],
    executions: readonly { readonly executionId: ExecutionId; readonly ending: ExecutionEnding | null }[],
  ): Promise<void> {
    const recorded = stops.flatMap(({ execution }) => {
      const ending = executions.find(({ executionId }) => executionId === execution.executionId)?.ending;
      return ending ? this.saga.feed(cancellationId, terminationOf(execution, ending), newInputId()) : [];
    });
    const after = (await Promise.all(recorded)).at(-1);
    if (after) this.drive.startFrom(after);
  }

  private async join(open: CancellationId, request: CancellationRequest, meta: CommandMeta): Promise<RequestAnswer> {
    const { options, reason, requestedBy } = request;
    const joined = await this.saga.feed(
      open,
      (_, proof, at) => ({ type: 'JoinCancellation', options, reason, requestedBy, at, proof }),
      meta.id,
      meta.actor,
      meta.traceparent,
    );
    this.drive.startFrom(joined);
    return { result: 'joined', cancellationId: open };
  }

  /** The id was used before (an idempotency key sent again): the same body gets the same answer, another one a conflict. */
  private async answerRepeated(request: CancellationRequest): Promise<RequestAnswer> {
    const { state } = await this.saga.load(request.cancellationId);
    if (state.status === 'unknown' || state.fingerprint !== request.fingerprint)
      throw new Rejection('idempotency-conflict');
    return { result: 'accepted', cancellationId: request.cancellationId };
  }

  private async answerEnded(
    request: CancellationRequest,
    result: AlreadyEnded,
    facts: JobFacts,
  ): Promise<RequestAnswer> {
    const { state } = await this.saga.load(request.cancellationId);
    if (state.status !== 'unknown') return this.answerRepeated(request);
    return { result, cancellationId: endedBy(request.target, facts) };
  }
}
