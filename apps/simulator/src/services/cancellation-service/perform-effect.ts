import {
  type CancellationEffect,
  type CancellationId,
  type CancellationState,
  type InputOf,
  runnerLooks,
  type VerificationPass,
  type VerifyEffect,
  verificationPass,
} from '@necrocode/domain';
import type { Life } from '../../world/life.js';
import { ask } from '../ask.js';
import type { Site } from '../site.js';
import type { Saga } from './saga.js';

type EffectOf<Type extends CancellationEffect['type']> = Extract<CancellationEffect, { type: Type }>;

/** Asks the owner for one effect and feeds its answer back, as `perform-effect.ts` of the cancellation-service does. */
export class PerformEffect {
  constructor(
    private readonly life: Life,
    private readonly site: Site,
    private readonly saga: Saga,
  ) {}

  async perform(id: CancellationId, effect: CancellationEffect): Promise<CancellationState> {
    const { life, site } = this;
    switch (effect.type) {
      case 'block-dispatch': {
        const blocked = site.world.broken('lose-the-block')
          ? {
              facts: await ask(life, site.dispatcher, (owner) => owner.describe(effect.jobId)),
              taskIds: [],
              spared: [],
            }
          : await ask(life, site.dispatcher, (owner) => owner.block(effect));
        return this.#feed(id, (_, proof, at) => ({ type: 'RecordDispatchBlocked', ...blocked, at, proof }));
      }
      case 'park-tasks': {
        const parked = await ask(life, site.dispatcher, (owner) => owner.park(effect));
        return this.#feed(id, (_, proof, at) => ({ type: 'RecordTasksHeld', ...parked, at, proof }));
      }
      case 'unpark-tasks':
        await ask(life, site.dispatcher, (owner) => owner.unpark(effect.jobId, id));
        return this.#feed(id, (_, proof, at) => ({ type: 'RecordTasksReleased', at, proof }));
      case 'freeze-executions':
      case 'thaw-executions':
        return this.#hold(id, effect);
      case 'stop-executions':
        return this.#stop(id, effect);
      case 'describe-job': {
        const facts = await ask(life, site.dispatcher, (owner) => owner.settle(effect.jobId));
        return this.#feed(id, (_, proof, at) => ({ type: 'RecordJobFacts', facts, at, proof }));
      }
      case 'clean': {
        const { jobId, taskIds, foundAt } = effect;
        const report = await ask(life, site.cleaner, (owner) => owner.clean(jobId, id, taskIds, foundAt));
        return this.#feed(id, (_, proof, at) => report && { type: 'RecordCleanup', report, at, proof });
      }
      case 'verify': {
        const first = await this.#look(effect);
        const passes = site.world.broken('certify-after-one-look') ? [first] : [first, await this.#look(effect)];
        return this.#feed(id, (_, proof, at) => ({ type: 'RecordVerification', passes, at, proof }));
      }
      default:
        return effect satisfies never;
    }
  }

  async #hold(
    id: CancellationId,
    { type, executions }: EffectOf<'freeze-executions' | 'thaw-executions'>,
  ): Promise<CancellationState> {
    const { world } = this.site;
    const kind = type === 'freeze-executions' ? 'freeze' : 'thaw';
    const executionIds =
      kind === 'thaw' && world.broken('forget-to-thaw')
        ? executions.map(({ executionId }) => executionId)
        : await ask(this.life, this.site.monitor, (owner) => owner.hold(kind, id, executions));
    const recorded = kind === 'freeze' ? 'RecordExecutionsFrozen' : 'RecordExecutionsThawed';
    return this.#feed(id, (_, proof, at) => ({ type: recorded, executionIds, at, proof }));
  }

  async #stop(id: CancellationId, { stops }: EffectOf<'stop-executions'>): Promise<CancellationState> {
    const cause = this.site.world.newId('stop');
    const answers = await ask(this.life, this.site.monitor, (owner) => owner.stop(stops, cause), 4_000);
    let state = await this.saga.load(id);
    for (const { executionId, status, ending } of answers) {
      const stop = stops.find(({ execution }) => execution.executionId === executionId);
      if (stop && ending) {
        const { execution } = stop;
        state = await this.#feed(id, (_, proof, at) => ({ type: 'RecordTermination', execution, ending, at, proof }));
      } else if (status === 'fenced') {
        state = await this.#feed(id, (_, proof, at) => ({ type: 'RecordFencing', executionId, at, proof }));
      } else if (status === 'unreachable') {
        const error = { code: 'runner-unreachable', message: `the runner of ${executionId} does not answer` };
        const step = 'terminate';
        state = await this.#feed(id, (_, proof, at) => ({ type: 'RecordStepFailure', step, error, at, proof }));
      }
    }
    return state;
  }

  async #look(effect: VerifyEffect): Promise<VerificationPass> {
    const { life, site } = this;
    const facts = await ask(life, site.dispatcher, (owner) => owner.describe(effect.jobId));
    const left = site.world.broken('believe-earlier-ends') ? { ...effect, earlier: [] } : effect;
    const findings = await Promise.all(
      runnerLooks(left).map((there) => ask(life, site.monitor, (owner) => owner.inspect(there))),
    );
    const believed = site.world.broken('verify-without-looking') ? [] : findings;
    const pass = verificationPass(effect, facts, believed, life.now());
    if (pass.survivors > 0) site.world.reach('survivor-found-by-second-look');
    return site.world.broken('ignore-held-slots') ? { ...pass, heldSlots: 0 } : pass;
  }

  #feed(id: CancellationId, inputOf: InputOf): Promise<CancellationState> {
    return this.saga.feed(id, inputOf);
  }
}
