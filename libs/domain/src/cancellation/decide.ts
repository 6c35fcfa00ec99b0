import { Rejection } from '../rejection.js';
import type { Timestamp } from '../ids.js';
import { advance } from './advance.js';
import { evolveCancellation } from './evolve.js';
import { recordFinalizers } from './finalizers.js';
import { drawUpPlan, planTargets } from './plan.js';
import { countSlotsOf, countUnconfirmed, mayConcern } from './planned.js';
import { failStep } from './fail-step.js';
import { recordStandstill } from './standstill.js';
import {
  closeUndoWindow,
  endHoldByForce,
  recordExecutionsFrozen,
  recordExecutionsThawed,
  recordTasksHeld,
  recordTasksReleased,
  undo,
} from './hold.js';
import { strongerOptions } from './stop-request.js';
import type { Cancellation, CancellationState, StepError, StepName, VerificationPass } from './cancellation.js';
import type { CancellationCommand } from './cancellation-command.js';
import type { CancellationEvent } from './cancellation-event.js';

type CommandOf<Type extends CancellationCommand['type']> = Extract<CancellationCommand, { type: Type }>;

/** Clean looks in a row that a certificate needs. */
export const REQUIRED_PASSES = 2;

/** What may happen to a cancellation: inputs in, events out; the steps they complete and open follow in the same decision. */
export function decideCancellation(
  command: CancellationCommand,
  state: CancellationState,
): readonly CancellationEvent[] {
  if (command.type === 'RequestCancellation') return request(command, state);
  if (state.status === 'unknown') throw new Rejection('cancellation-not-found');
  if (isOver(state.status)) return afterTheEnd(command, state);
  const events = record(command, state);
  if (events.length === 0) return events;
  const after = events.reduce<CancellationState>(evolveCancellation, state);
  if (after.status === 'unknown') return events;
  return [...events, ...advance(after, command.proof, command.at)];
}

function isOver(status: Cancellation['status']): boolean {
  return status === 'completed' || status === 'undone';
}

/** Whoever asks for what is so already gets nothing new; whoever asks for the contrary is told. */
function afterTheEnd(
  command: Exclude<CancellationCommand, { type: 'RequestCancellation' }>,
  state: Cancellation,
): readonly CancellationEvent[] {
  if (command.type === 'UndoCancellation') return undo(command, state);
  if (command.type === 'JoinCancellation' && state.status === 'undone')
    throw new Rejection('cancellation-being-undone');
  return [];
}

function record(
  command: Exclude<CancellationCommand, { type: 'RequestCancellation' }>,
  state: Cancellation,
): readonly CancellationEvent[] {
  switch (command.type) {
    case 'JoinCancellation':
      return join(command, state);
    case 'RecordTasksHeld':
      return recordTasksHeld(command, state);
    case 'RecordExecutionsFrozen':
      return recordExecutionsFrozen(command, state);
    case 'CloseUndoWindow':
      return closeUndoWindow(command.at, state);
    case 'UndoCancellation':
      return undo(command, state);
    case 'RecordTasksReleased':
      return recordTasksReleased(command, state);
    case 'RecordExecutionsThawed':
      return recordExecutionsThawed(command, state);
    case 'RecordDispatchBlocked':
      return recordDispatchBlocked(command, state);
    case 'RecordTermination': {
      const { execution, ending, at } = command;
      const known = state.terminations.get(execution.executionId)?.ending;
      const news = !known || (known.evidence.provenGoneAt === null && ending.evidence.provenGoneAt !== null);
      return news && mayConcern(state, execution.executionId)
        ? [{ type: 'TerminationRecorded', execution, ending, at }]
        : [];
    }
    case 'RecordFencing': {
      const { executionId, at } = command;
      const known = state.terminations.has(executionId) || state.unconfirmed.has(executionId);
      return known || !mayConcern(state, executionId) ? [] : [{ type: 'TerminationUnconfirmed', executionId, at }];
    }
    case 'RecordJobFacts':
      return recordJobFacts(command, state);
    case 'RecordCleanup':
      return recordCleanup(command, state);
    case 'RecordVerification':
      return recordVerification(command, state);
    case 'RecordStepFailure':
      return failStep(state, command.step, command.error, command.at, command.nextDriveAt);
    case 'RecordStandstill':
      return recordStandstill(command, state);
    default:
      return command satisfies never;
  }
}

function request(command: CommandOf<'RequestCancellation'>, state: CancellationState): readonly CancellationEvent[] {
  const { type: _, ...requested } = command;
  if (state.status !== 'unknown') {
    if (state.fingerprint !== command.fingerprint) throw new Rejection('idempotency-conflict');
    return [];
  }
  const { at } = command;
  return [
    { type: 'CancellationRequested', ...requested },
    { type: 'StepStarted', step: 'validate', at },
    completed('validate', at, { target: command.target.kind }),
    // Within an undo window nothing is blocked yet: it is only held.
    ...(command.undoWindowMs === undefined ? [{ type: 'StepStarted', step: 'block-dispatch', at } as const] : []),
  ];
}

function join(
  { options, reason, requestedBy, at }: CommandOf<'JoinCancellation'>,
  state: Cancellation,
): readonly CancellationEvent[] {
  if (state.hold?.phase === 'undoing') throw new Rejection('cancellation-being-undone');
  const joined: CancellationEvent = { type: 'CancellationJoined', requestedBy, reason, at };
  const stronger = strongerOptions(state.options, options);
  return [
    joined,
    ...(stronger ? [{ type: 'CancellationUpgraded', options: stronger, requestedBy, at } as const] : []),
    ...endHoldByForce({ options, reason, at }, state),
  ];
}

function recordDispatchBlocked(
  { facts, taskIds, spared, at }: CommandOf<'RecordDispatchBlocked'>,
  state: Cancellation,
): readonly CancellationEvent[] {
  if (state.steps['block-dispatch'].status !== 'open') return [];
  const plan = drawUpPlan(facts, planTargets(state.target, facts, taskIds), state.cancellationId, spared);
  const dequeued = plan.tasks.filter((task) => task.action === 'dequeued').length;
  return [
    completed('block-dispatch', at, { tasks: taskIds.length }),
    { type: 'StepStarted', step: 'plan', at },
    { type: 'CancellationPlanned', plan, at },
    completed('plan', at, { tasks: plan.tasks.length, executions: plan.executions.length, slots: countSlotsOf(plan) }),
    { type: 'StepStarted', step: 'dequeue', at },
    completed('dequeue', at, { tasks: dequeued }),
    { type: 'StepStarted', step: 'terminate', at },
  ];
}

function recordJobFacts({ facts, at }: CommandOf<'RecordJobFacts'>, state: Cancellation): readonly CancellationEvent[] {
  const events: CancellationEvent[] = [];
  const { plan, steps, target } = state;
  if (!plan) return events;
  const targets = new Set(plan.tasks.map((task) => task.taskId));
  if (steps['settle-states'].status === 'open') {
    const settled = facts.tasks.filter((task) => targets.has(task.taskId)).every((task) => isTerminal(task.status));
    const jobSettled = target.kind === 'task' || isTerminal(facts.status);
    if (settled && jobSettled) {
      if (target.kind === 'job') events.push(...recordFinalizers(facts, state, at));
      events.push(completed('settle-states', at, { tasks: targets.size, job: facts.status }));
    }
  }
  if (steps.release.status === 'open') {
    const mine = new Set(plan.executions.map(({ execution }) => execution.executionId));
    const held = facts.heldSlots.filter((slot) => mine.has(slot.executionId)).length;
    if (held === 0) events.push(completed('release', at, { slots: countSlotsOf(plan) }));
  }
  return events;
}

function isTerminal(status: string): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled' || status === 'skipped';
}

function recordCleanup({ report, at }: CommandOf<'RecordCleanup'>, state: Cancellation): readonly CancellationEvent[] {
  const { artifacts, filesRemoved, bytesFreed, leftFiles } = report;
  if (leftFiles > 0) {
    return failStep(state, 'clean', { code: 'cleanup-failed', message: `${leftFiles} files left` }, at);
  }
  if (state.steps.clean.status !== 'open') {
    // What had been cleaned was cleaned once more: the certificate tells of both.
    const isMore = state.cleanup !== null && filesRemoved > state.cleanup.filesRemoved;
    return isMore && state.steps.verify.status === 'open' ? [{ type: 'CleanupRecorded', report, at }] : [];
  }
  return [
    { type: 'CleanupRecorded', report, at },
    completed('clean', at, { artifacts: artifacts.length, filesRemoved, bytesFreed }),
  ];
}

function recordVerification(
  { passes, at }: CommandOf<'RecordVerification'>,
  state: Cancellation,
): readonly CancellationEvent[] {
  if (state.steps.verify.status !== 'open') return [];
  const events: CancellationEvent[] = [];
  let inARow = state.cleanPasses;
  let found: VerificationPass | null = null;
  const lastAt = state.lastPass?.at ?? '';
  // A pass reported again is one look, not two.
  for (const pass of passes.filter((look) => look.at > lastAt)) {
    const clean = pass.survivors + pass.heldSlots + pass.openStates + pass.leftFiles === 0;
    inARow = clean ? inARow + 1 : 0;
    if (!clean) found = pass;
    events.push({ type: clean ? 'VerificationPassed' : 'VerificationFailed', pass, at });
  }
  if (events.length === 0) return [];
  if (inARow >= REQUIRED_PASSES && countUnconfirmed(state) === 0) {
    return [...events, completed('verify', at, { passes: inARow })];
  }
  if (!found) return saysSomethingNew(state) ? events : [];
  // What stays in sight is known to be left: it counts like any other failure of a step.
  const failed = failStep(state, 'verify', whatIsLeft(found), at);
  return failed.length === 0 && passes.every((pass) => isAlike(pass, state.lastPass)) ? [] : [...events, ...failed];
}

/** Clean looks of which enough are on record wait for a runner that stays away; one more tells nothing. */
function saysSomethingNew({ cleanPasses }: Cancellation): boolean {
  return cleanPasses < REQUIRED_PASSES;
}

function isAlike(pass: VerificationPass, last: VerificationPass | null): boolean {
  if (!last) return false;
  const { survivors, heldSlots, openStates, leftFiles } = last;
  return (
    pass.survivors === survivors &&
    pass.heldSlots === heldSlots &&
    pass.openStates === openStates &&
    pass.leftFiles === leftFiles
  );
}

function whatIsLeft({ survivors, heldSlots, openStates, leftFiles }: VerificationPass): StepError {
  const message = `left: ${survivors} processes, ${heldSlots} slots, ${openStates} open states, ${leftFiles} files`;
  return { code: 'verification-failed', message };
}

function completed(
  step: StepName,
  at: Timestamp,
  evidence: Readonly<Record<string, string | number>>,
): CancellationEvent {
  return { type: 'StepCompleted', step, evidence, at };
}
