import { Rejection } from '../rejection.js';
import type { Timestamp } from '../ids.js';
import type { JobLimit } from '../job/job.js';
import type { Cancellation, Hold, ReasonCode } from './cancellation.js';
import type { CancellationCommand } from './cancellation-command.js';
import type { CancellationEvent } from './cancellation-event.js';

type CommandOf<Type extends CancellationCommand['type']> = Extract<CancellationCommand, { type: Type }>;

export function recordTasksHeld(
  { facts, taskIds, at }: CommandOf<'RecordTasksHeld'>,
  { hold }: Cancellation,
): readonly CancellationEvent[] {
  if (hold?.phase !== 'holding' || hold.taskIds !== null) return [];
  const held = new Set(taskIds);
  const executions = facts.executions.map(({ execution }) => execution).filter(({ taskId }) => held.has(taskId));
  return [{ type: 'TasksHeld', taskIds, executions, at }];
}

export function recordExecutionsFrozen(
  { executionIds, at }: CommandOf<'RecordExecutionsFrozen'>,
  { hold }: Cancellation,
): readonly CancellationEvent[] {
  if (hold?.phase !== 'holding') return [];
  const news = executionIds.filter((id) => !hold.frozen.includes(id) && isHeld(hold, id));
  return news.length === 0 ? [] : [{ type: 'ExecutionsFrozen', executionIds: news, at }];
}

/** The first of undo, end of the window and a stronger request in this stream wins. */
export function closeUndoWindow(at: Timestamp, { hold }: Cancellation): readonly CancellationEvent[] {
  return hold?.phase === 'holding' && at >= hold.until ? closed('over', at) : [];
}

/** Who asks for force does not want to wait for a window, and a limit of the job's must not be lifted by an undo. */
export function endHoldByForce(
  { options, reason, at }: Pick<CommandOf<'JoinCancellation'>, 'options' | 'reason' | 'at'>,
  { hold }: Cancellation,
): readonly CancellationEvent[] {
  const cannotWait = options.force || LIMITS.has(reason.code);
  return hold?.phase === 'holding' && cannotWait ? closed('forced', at) : [];
}

const LIMITS: ReadonlySet<ReasonCode> = new Set<JobLimit>(['deadline', 'queue-timeout', 'run-timeout']);

function closed(because: 'over' | 'forced', at: Timestamp): readonly CancellationEvent[] {
  return [
    { type: 'UndoWindowClosed', because, at },
    { type: 'StepStarted', step: 'block-dispatch', at },
  ];
}

/** @throws {Rejection} `undo-not-offered`, `undo-window-over` */
export function undo(
  { requestedBy, at }: CommandOf<'UndoCancellation'>,
  { hold, cancellationId }: Cancellation,
): readonly CancellationEvent[] {
  if (hold === null) throw new Rejection('undo-not-offered', { cancellationId });
  if (hold.phase === 'undoing' || hold.phase === 'undone') return [];
  if (hold.phase === 'closed' || at >= hold.until) throw new Rejection('undo-window-over', { until: hold.until });
  return [{ type: 'UndoRequested', requestedBy, at }];
}

export function recordTasksReleased(
  { at }: CommandOf<'RecordTasksReleased'>,
  { hold }: Cancellation,
): readonly CancellationEvent[] {
  return hold?.phase === 'undoing' && !hold.released ? [{ type: 'TasksReleased', at }] : [];
}

export function recordExecutionsThawed(
  { executionIds, at }: CommandOf<'RecordExecutionsThawed'>,
  { hold }: Cancellation,
): readonly CancellationEvent[] {
  if (hold?.phase !== 'undoing') return [];
  const news = executionIds.filter((id) => !hold.thawed.includes(id) && isHeld(hold, id));
  return news.length === 0 ? [] : [{ type: 'ExecutionsThawed', executionIds: news, at }];
}

/** Everything that was held goes on. */
export function undone({ hold }: Cancellation, at: Timestamp): readonly CancellationEvent[] {
  const over = hold?.phase === 'undoing' && hold.released && toThaw(hold).length === 0;
  return over ? [{ type: 'CancellationUndone', at }] : [];
}

export function toThaw({ executions, thawed }: Hold): Hold['executions'] {
  return executions.filter(({ executionId }) => !thawed.includes(executionId));
}

function isHeld({ executions }: Hold, id: string): boolean {
  return executions.some(({ executionId }) => executionId === id);
}

type HoldEvent = Extract<
  CancellationEvent,
  {
    type:
      | 'TasksHeld'
      | 'ExecutionsFrozen'
      | 'UndoWindowClosed'
      | 'UndoRequested'
      | 'TasksReleased'
      | 'ExecutionsThawed'
      | 'CancellationUndone';
  }
>;

/** What happened to a hold. Total; no rules. */
export function evolveHold(hold: Hold, event: HoldEvent): Hold {
  switch (event.type) {
    case 'TasksHeld':
      return { ...hold, taskIds: event.taskIds, executions: event.executions };
    case 'ExecutionsFrozen':
      return { ...hold, frozen: [...hold.frozen, ...event.executionIds] };
    case 'UndoWindowClosed':
      return { ...hold, phase: 'closed' };
    case 'UndoRequested':
      return { ...hold, phase: 'undoing' };
    case 'TasksReleased':
      return { ...hold, released: true };
    case 'ExecutionsThawed':
      return { ...hold, thawed: [...hold.thawed, ...event.executionIds] };
    case 'CancellationUndone':
      return { ...hold, phase: 'undone' };
    default:
      return event satisfies never;
  }
}

export function openHold(at: Timestamp, windowMs: number): Hold {
  return {
    until: new Date(Date.parse(at) + windowMs).toISOString(),
    phase: 'holding',
    taskIds: null,
    executions: [],
    frozen: [],
    released: false,
    thawed: [],
  };
}
