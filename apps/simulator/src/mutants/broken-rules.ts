import {
  assumedEnding,
  type CancellationCommand,
  type CancellationEvent,
  type CancellationState,
  type Decider,
  type ExecutionCommand,
  isTerminal,
  type JobCommand,
  type JobEvent,
} from '@necrocode/domain';
import type { MutantName } from './mutant.js';
import { realRules, type Rules } from './rules.js';

/** The deciders with one rule broken; the real ones where the mutant is elsewhere. */
export function rulesFor(mutant: MutantName | null): Rules {
  switch (mutant) {
    case 'ignore-fencing-token':
      return {
        ...realRules,
        execution: {
          ...realRules.execution,
          decide: (command, state) => realRules.execution.decide(withToken(command, state), state),
        },
      };
    case 'reopen-what-is-over':
      return withJob((command, state) => {
        const events = realRules.job.decide(command, state);
        if (command.type !== 'RecordEnding' || events.length > 0 || state.job.status === 'unknown') return events;
        const task = state.job.tasks.find(({ spec }) => spec.taskId === command.taskId);
        if (!task || !isTerminal(task) || task.progress.status === 'failed') return events;
        const { taskId, executionId, at } = command;
        return [{ type: 'TaskFailed', taskId, executionId, error: { code: 'late', message: 'late' }, at }];
      });
    case 'retry-what-is-cancelled':
      return withJob((command, state) =>
        realRules.job
          .decide(command, state)
          .filter(({ type }) => !(command.type === 'RecordEnding' && type.startsWith('Job')))
          .map((event): JobEvent =>
            event.type === 'TaskCancelled' && command.type === 'RecordEnding'
              ? { type: 'TaskQueued', taskId: event.taskId, at: event.at }
              : event,
          ),
      );
    case 'assign-what-is-blocked':
      return withJob((command, state) => {
        const events = realRules.job.decide(command, state);
        if (command.type !== 'BlockDispatch') return events;
        return events.filter(({ type }) => type !== 'TaskCancelled' && !type.startsWith('Job'));
      });
    case 'dispatch-what-is-parked':
      return {
        ...realRules,
        job: {
          ...realRules.job,
          evolve: (state, event) => (event.type === 'TasksParked' ? state : realRules.job.evolve(state, event)),
        },
      };
    case 'undo-without-unparking':
      return withJob((command, state) => (command.type === 'UnparkTasks' ? [] : realRules.job.decide(command, state)));
    case 'free-slot-without-proof':
      return {
        ...realRules,
        slotPool: {
          ...realRules.slotPool,
          evolve: (pool, event) => {
            const after = realRules.slotPool.evolve(pool, event);
            return event.type === 'SlotSoiled'
              ? realRules.slotPool.evolve(after, { ...event, type: 'SlotFreed', evidence: null })
              : after;
          },
        },
      };
    case 'certify-after-one-look':
      return withCancellation((command, state) =>
        realRules.cancellation.decide(
          command.type === 'RecordVerification' ? { ...command, passes: command.passes.flatMap(doubled) } : command,
          state,
        ),
      );
    case 'certify-the-unconfirmed':
      return withCancellation((command, state) => {
        if (state.status === 'unknown' || command.type !== 'RecordFencing')
          return realRules.cancellation.decide(command, state);
        const target = state.plan?.executions.find(({ execution }) => execution.executionId === command.executionId);
        if (!target) return [];
        const evidence = { ...assumedEnding.evidence, provenGoneAt: command.at };
        const ending = { ...assumedEnding, evidence };
        return realRules.cancellation.decide(
          { ...command, type: 'RecordTermination', execution: target.execution, ending },
          state,
        );
      });
    case 'weaken-by-joining':
      return withCancellation((command, state) =>
        command.type === 'JoinCancellation'
          ? [
              ...realRules.cancellation.decide(command, state).filter(({ type }) => type !== 'CancellationUpgraded'),
              {
                type: 'CancellationUpgraded',
                options: command.options,
                requestedBy: command.requestedBy,
                at: command.at,
              },
            ]
          : realRules.cancellation.decide(command, state),
      );
    case 'ignore-an-upgrade':
      return withCancellation((command, state) =>
        realRules.cancellation.decide(command, state).filter(({ type }) => type !== 'CancellationUpgraded'),
      );
    default:
      return realRules;
  }
}

type JobDecide = (command: JobCommand, state: Parameters<Rules['job']['decide']>[1]) => readonly JobEvent[];

function withJob(decide: JobDecide): Rules {
  return { ...realRules, job: { ...realRules.job, decide } };
}

function withCancellation(decide: Decider<CancellationState, CancellationCommand, CancellationEvent>['decide']): Rules {
  return { ...realRules, cancellation: { ...realRules.cancellation, decide } };
}

function withToken(command: ExecutionCommand, state: Parameters<Rules['execution']['decide']>[1]): ExecutionCommand {
  if (state.status === 'unknown') return command;
  return { ...command, execution: { ...command.execution, fencingToken: state.execution.fencingToken } };
}

/** The same look told twice, a moment apart. */
function doubled<Pass extends { readonly at: string }>(pass: Pass, index: number): readonly Pass[] {
  if (index > 0) return [];
  return [pass, { ...pass, at: new Date(Date.parse(pass.at) + 1).toISOString() }];
}
