import {
  type CancellationEffect,
  type CancellationId,
  type CancellationState,
  effectsOf,
  type StepError,
} from '@necrocode/domain';
import { type Logger, problemOf } from '@necrocode/service-kit';
import { type LoadedCancellation, newInputId, type Saga } from '../saga/saga.js';
import type { PerformEffect } from './perform-effect.js';

/**
 * Carries a cancellation as far as it goes now: asks for everything its open steps wait for, side by side, feeds the
 * answers back, and goes on with the steps they open. What then still waits, waits for an event or for the next drive.
 */
export class CancellationDrive {
  private readonly underWay = new Set<Promise<void>>();

  constructor(
    private readonly saga: Saga,
    private readonly performEffect: PerformEffect,
    private readonly logger: Logger,
  ) {}

  /** Drives on in the background from a state just stored; what fails is driven again by the timer. */
  startFrom({ state }: LoadedCancellation): void {
    const run = this.advance(state, new Set())
      .catch((error: unknown) => this.logger.warn({ err: error }, 'a drive broke off; the timer drives again'))
      .finally(() => this.underWay.delete(run));
    this.underWay.add(run);
  }

  /** Drives from what is stored. */
  async drive(cancellationId: CancellationId): Promise<void> {
    const { state } = await this.saga.load(cancellationId);
    await this.advance(state, new Set());
  }

  /** Resolves when every background drive has ended. */
  async settled(): Promise<void> {
    await Promise.all(this.underWay);
  }

  /** @param asked what this drive has asked for already: each thing once, or a step that waits for an event would spin */
  private async advance(state: CancellationState, asked: Set<string>): Promise<void> {
    const effects = effectsOf(state).filter((effect) => !asked.has(effectKey(effect)));
    if (state.status === 'unknown' || effects.length === 0) return;
    for (const effect of effects) asked.add(effectKey(effect));
    await Promise.all(
      effects.map(async (effect) => {
        const after = await this.attempt(state.cancellationId, effect);
        await this.advance(after, asked);
      }),
    );
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
    const { state } = await this.saga.feed(
      cancellationId,
      (_, proof, at) => ({ type: 'RecordStepFailure', step, error, at, proof }),
      newInputId(),
    );
    return state;
  }
}

/** A step that opens again after a failed verification asks again in the next drive, not in this one. */
function effectKey(effect: CancellationEffect): string {
  return `${effect.type}:${effect.step}`;
}
