import { type Command, cleanerCommands, dispatcherCommands, runnerMonitorCommands } from '@necrocode/contracts';
import type {
  CancellationEffect,
  CancellationId,
  CancellationState,
  ExecutionEnding,
  ExecutionStop,
  InputOf,
} from '@necrocode/domain';
import type { CommandClient } from '@necrocode/service-kit';
import type { TracePart } from '@necrocode/trace';
import { ACTOR, newInputId, type Saga } from '../saga/saga.js';
import { traceparentOf } from '../saga/traceparent-of.js';
import { lookTwice } from './look-twice.js';

type Ask = <Body, Value>(command: Command<Body, Value>, body: Body) => Promise<Value>;
type EffectOf<Type extends CancellationEffect['type']> = Extract<CancellationEffect, { type: Type }>;

/** Asks the owner for one effect and feeds its answer back. Asking twice is harmless: the answer is how things stand. */
export class PerformEffect {
  constructor(
    private readonly saga: Saga,
    private readonly commands: CommandClient,
  ) {}

  /** @returns the state after the answer @throws what the owner refused or failed with */
  async perform(cancellationId: CancellationId, effect: CancellationEffect): Promise<CancellationState> {
    const traceparent = traceparentOf(await this.saga.lastKnown(cancellationId), partOf(effect));
    const ask: Ask = (command, body) => this.commands.ask(command, body, { actor: ACTOR, traceparent });
    switch (effect.type) {
      case 'block-dispatch':
        return this.blockDispatch(effect, ask);
      case 'park-tasks':
        return this.parkTasks(effect, ask);
      case 'unpark-tasks':
        return this.unparkTasks(effect, ask);
      case 'freeze-executions':
      case 'thaw-executions':
        return this.holdExecutions(effect, ask);
      case 'stop-executions':
        return this.stopExecutions(cancellationId, effect, ask);
      case 'describe-job':
        return this.describeJob(cancellationId, effect, ask);
      case 'clean':
        return this.clean(effect, ask);
      case 'verify':
        return this.verify(cancellationId, effect, ask);
      default:
        return effect satisfies never;
    }
  }

  private async blockDispatch(
    { cancellationId, jobId, taskId, cascade }: EffectOf<'block-dispatch'>,
    ask: Ask,
  ): Promise<CancellationState> {
    const order = { cancellationId, jobId, taskId, cascade };
    const blocked = await ask(dispatcherCommands.blockDispatch, order);
    return this.feed(cancellationId, (_, proof, at) => ({ type: 'RecordDispatchBlocked', ...blocked, at, proof }));
  }

  private async parkTasks(
    { cancellationId, jobId, taskId, cascade }: EffectOf<'park-tasks'>,
    ask: Ask,
  ): Promise<CancellationState> {
    const order = { cancellationId, jobId, taskId, cascade };
    const { facts, taskIds } = await ask(dispatcherCommands.parkTasks, order);
    return this.feed(cancellationId, (_, proof, at) => ({ type: 'RecordTasksHeld', facts, taskIds, at, proof }));
  }

  private async unparkTasks({ cancellationId, jobId }: EffectOf<'unpark-tasks'>, ask: Ask): Promise<CancellationState> {
    await ask(dispatcherCommands.unparkTasks, { cancellationId, jobId });
    return this.feed(cancellationId, (_, proof, at) => ({ type: 'RecordTasksReleased', at, proof }));
  }

  private async holdExecutions(
    { type, cancellationId, executions }: EffectOf<'freeze-executions' | 'thaw-executions'>,
    ask: Ask,
  ): Promise<CancellationState> {
    const kind = type === 'freeze-executions' ? 'freeze' : 'thaw';
    const asked = { kind, cancellationId, executions: [...executions] } as const;
    const answer = await ask(runnerMonitorCommands.holdExecutions, asked);
    const executionIds = answer.executions.flatMap((each) => (each.status === 'done' ? [each.executionId] : []));
    const recorded = kind === 'freeze' ? 'RecordExecutionsFrozen' : 'RecordExecutionsThawed';
    return this.feed(cancellationId, (_, proof, at) => ({ type: recorded, executionIds, at, proof }));
  }

  /** The answer heals lost events: an execution that has ended is recorded from it. */
  private async stopExecutions(
    cancellationId: CancellationId,
    { stops }: EffectOf<'stop-executions'>,
    ask: Ask,
  ): Promise<CancellationState> {
    const { executions } = await ask(runnerMonitorCommands.stopExecutions, { stops: [...stops] });
    // Side by side, so that they are recorded together.
    const recorded = executions.flatMap((answer) => {
      const stop = stops.find(({ execution }) => execution.executionId === answer.executionId);
      const input = stop ? stopAnswered(stop, answer) : null;
      return input ? this.feed(cancellationId, input) : [];
    });
    await Promise.all(recorded);
    return (await this.saga.lastKnown(cancellationId)).state;
  }

  private async describeJob(
    cancellationId: CancellationId,
    { jobId }: EffectOf<'describe-job'>,
    ask: Ask,
  ): Promise<CancellationState> {
    const facts = await ask(dispatcherCommands.settleJob, { jobId });
    return this.feed(cancellationId, (_, proof, at) => ({ type: 'RecordJobFacts', facts, at, proof }));
  }

  private async clean(
    { cancellationId, jobId, taskIds, foundAt }: EffectOf<'clean'>,
    ask: Ask,
  ): Promise<CancellationState> {
    const again = foundAt === null ? {} : { foundAt };
    const body = { jobId, cancellationId, taskIds: taskIds === null ? null : [...taskIds], ...again };
    const { done, report } = await ask(cleanerCommands.clean, body);
    return this.feed(cancellationId, (_, proof, at) =>
      done && report ? { type: 'RecordCleanup', report, at, proof } : null,
    );
  }

  private async verify(
    cancellationId: CancellationId,
    effect: EffectOf<'verify'>,
    ask: Ask,
  ): Promise<CancellationState> {
    const passes = await lookTwice(effect, ask);
    return this.feed(cancellationId, (_, proof, at) => ({ type: 'RecordVerification', passes, at, proof }));
  }

  private async feed(cancellationId: CancellationId, inputOf: InputOf): Promise<CancellationState> {
    return (await this.saga.feed(cancellationId, inputOf, newInputId())).state;
  }
}

/** What the runner-monitor's answer about one stop means; null: it goes on. */
function stopAnswered(
  { execution }: ExecutionStop,
  { status, ending }: { readonly status: string; readonly ending: ExecutionEnding | null },
): InputOf | null {
  const { executionId } = execution;
  if (ending) return (_, proof, at) => ({ type: 'RecordTermination', execution, ending, at, proof });
  if (status === 'fenced') return (_, proof, at) => ({ type: 'RecordFencing', executionId, at, proof });
  if (status !== 'unreachable') return null;
  const error = {
    code: 'runner-unreachable',
    message: `the runner of ${executionId} does not answer; its lease decides`,
  };
  return (_, proof, at) => ({ type: 'RecordStepFailure', step: 'terminate', error, at, proof });
}

/** Whose span the work stands below. */
function partOf({ type, step }: CancellationEffect): TracePart {
  switch (type) {
    case 'park-tasks':
    case 'unpark-tasks':
    case 'freeze-executions':
    case 'thaw-executions':
      return 'hold';
    default:
      return step;
  }
}
