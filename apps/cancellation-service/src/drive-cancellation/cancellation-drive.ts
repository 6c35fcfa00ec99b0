import {
  type Cancellation,
  type CancellationEffect,
  type CancellationId,
  type CancellationState,
  effectKey,
  effectsOf,
  type InputOf,
  standingStill,
  type StepError,
} from '@necrocode/domain';
import { type DriveQueue, type Logger, problemOf } from '@necrocode/service-kit';
import { type LoadedCancellation, newInputId, type Saga } from '../saga/saga.js';
import type { PerformEffect } from './perform-effect.js';

/**
 * Carries a cancellation as far as it goes now: asks for everything its open steps wait for, side by side, feeds the
 * answers back, and goes on with the steps they open. What then still waits, waits for an event or for the next drive.
 */
export class CancellationDrive {
  private readonly underWay = new Set<Promise<void>>();
  private readonly asking = new Map<string, Asking>();

  constructor(
    private readonly saga: Saga,
    private readonly performEffect: PerformEffect,
    private readonly drives: DriveQueue,
    private readonly logger: Logger,
    /** Silence beyond any grace period after which a drive that hears nothing new counts as a failure. */
    private readonly patienceMs: number,
  ) {}

  /** Drives on in the background from a state just stored; what fails is driven again by the timer. */
  startFrom({ state }: LoadedCancellation): void {
    this.alongside(
      this.advance(state, new Set()).catch((error: unknown) =>
        this.logger.warn({ err: error }, 'a drive broke off; the timer drives again'),
      ),
    );
  }

  /** Waited for at the end like a drive. @param work must not reject */
  alongside(work: Promise<void>): void {
    const run = work.finally(() => this.underWay.delete(run));
    this.underWay.add(run);
  }

  /** What is asked for beside the drives: they wait for its answer instead of asking again. @param work must not reject */
  beside(cancellationId: CancellationId, effect: Pick<CancellationEffect, 'type' | 'step'>, work: Promise<void>): void {
    const key = `${cancellationId}:${effectKey(effect)}`;
    const asking: Asking = { again: false, done: work };
    this.asking.set(key, asking);
    const goOn = async (): Promise<void> => {
      this.asking.delete(key);
      if (asking.again) this.startFrom(await this.saga.lastKnown(cancellationId));
    };
    asking.done = work.then(goOn).catch((error: unknown) => {
      this.logger.warn({ err: error, cancellationId }, 'a drive broke off; the timer drives again');
    });
    this.alongside(asking.done);
  }

  /** Drives from what is stored; what then still waits, and has waited long, is recorded as standing still. */
  async drive(cancellationId: CancellationId): Promise<void> {
    const { state } = await this.saga.load(cancellationId);
    if (state.status === 'unknown') return;
    const current = await this.closeWindow(state);
    await this.advance(current, new Set());
    await this.comeBackAtWindowsEnd(current);
    await this.recordStandstill(current);
  }

  /** The time is the input: whether the window is over is decided where the stream is. */
  private async closeWindow(state: Cancellation): Promise<Cancellation> {
    if (state.hold?.phase !== 'holding') return state;
    const { cancellationId } = state;
    const input: InputOf = (_, proof, at) => ({ type: 'CloseUndoWindow', at, proof });
    const { state: after } = await this.saga.feed(cancellationId, input, newInputId());
    return after.status === 'unknown' ? state : after;
  }

  private async comeBackAtWindowsEnd({ cancellationId, hold }: Cancellation): Promise<void> {
    if (hold?.phase !== 'holding') return;
    const inMs = Math.max(0, Date.parse(hold.until) - Date.now());
    await this.drives.run(this.drives.hasten(cancellationId, inMs));
  }

  /** Resolves when every background drive has ended. */
  async settled(): Promise<void> {
    while (this.underWay.size > 0) await Promise.all(this.underWay);
  }

  /** @param asked what this drive has asked for already: each thing once, or a step that waits for an event would spin */
  private async advance(state: CancellationState, asked: Set<string>): Promise<void> {
    const effects = effectsOf(state).filter((effect) => !asked.has(effectKey(effect)));
    if (state.status === 'unknown' || effects.length === 0) return;
    for (const effect of effects) asked.add(effectKey(effect));
    await Promise.all(effects.map((effect) => this.askOnce(state.cancellationId, effect, asked)));
  }

  /**
   * Answers and events come in a burst and each starts a drive: what one of them is asking for already, the others wait for.
   * It is asked for once more if it still is to be done then: the answer under way may be older than their news.
   */
  private askOnce(cancellationId: CancellationId, effect: CancellationEffect, asked: Set<string>): Promise<void> {
    const key = `${cancellationId}:${effectKey(effect)}`;
    const running = this.asking.get(key);
    if (running) {
      running.again = true;
      return running.done;
    }
    const asking: Asking = { again: false, done: Promise.resolve() };
    this.asking.set(key, asking);
    const attempts = this.askUntilHeard(cancellationId, effect, asking).finally(() => this.asking.delete(key));
    asking.done = attempts.then((after) => this.advance(after, asked));
    return asking.done;
  }

  private async askUntilHeard(
    cancellationId: CancellationId,
    effect: CancellationEffect,
    asking: Asking,
  ): Promise<CancellationState> {
    let after = await this.attempt(cancellationId, effect);
    while (asking.again) {
      asking.again = false;
      const still = effectsOf(after).find((open) => effectKey(open) === effectKey(effect));
      if (still) after = await this.attempt(cancellationId, still);
    }
    return after;
  }

  private async attempt(cancellationId: CancellationId, effect: CancellationEffect): Promise<CancellationState> {
    try {
      return await this.performEffect.perform(cancellationId, effect);
    } catch (error) {
      const { code, message } = problemOf(error);
      if (code === 'internal') this.logger.error({ err: error, cancellationId, effect: effect.type }, 'a step failed');
      return this.recordFailure(cancellationId, effect, { code, message });
    }
  }

  private async recordFailure(
    cancellationId: CancellationId,
    { step }: CancellationEffect,
    error: StepError,
  ): Promise<CancellationState> {
    const next = await this.next(cancellationId);
    const { state } = await this.saga.feed(
      cancellationId,
      (_, proof, at) => ({ type: 'RecordStepFailure', step, error, at, proof, ...next }),
      newInputId(),
    );
    return state;
  }

  private async recordStandstill(before: Cancellation): Promise<void> {
    const { cancellationId } = before;
    const { patienceMs } = this;
    const next = await this.next(cancellationId);
    await this.saga.feed(
      cancellationId,
      (state, proof, at) => {
        const steps = standingStill(before, state);
        return steps.length === 0 ? null : { type: 'RecordStandstill', steps, patienceMs, at, proof, ...next };
      },
      newInputId(),
    );
  }

  private async next(cancellationId: CancellationId): Promise<{ readonly nextDriveAt?: string }> {
    const nextDriveAt = await this.drives.dueAt(cancellationId);
    return nextDriveAt === undefined ? {} : { nextDriveAt };
  }
}

/** One effect that is being asked for. */
interface Asking {
  /** Somebody wanted it meanwhile. */
  again: boolean;
  done: Promise<void>;
}
