import { Rejection } from '../rejection.js';
import type {
  ExecutionCommand,
  ExecutionEnding,
  ExecutionEvent,
  ExecutionIdentity,
  ExecutionState,
  StopRequest,
} from './execution.js';

type CommandOf<Type extends ExecutionCommand['type']> = Extract<ExecutionCommand, { type: Type }>;

/** What may happen to an execution. */
export function decideExecution(command: ExecutionCommand, state: ExecutionState): readonly ExecutionEvent[] {
  const stale = noteStale(command, state);
  if (stale) return stale;
  switch (command.type) {
    case 'RecordStarted':
      return recordStarted(command, state);
    case 'RequestStop':
      return requestStop(command, state);
    case 'RecordSignal':
      return recordSignal(command, state);
    case 'RecordFrozen':
      return recordFrozen(command, state);
    case 'RecordThawed':
      return recordThawed(command, state);
    case 'RecordEnded':
      return recordEnded(command, state);
    case 'FenceExecution':
      return fence(command, state);
    default:
      return command satisfies never;
  }
}

/** A smaller token than the one we know is a report of the past: kept as a note, once. A greater one is a bug. */
function noteStale({ type, execution, at }: ExecutionCommand, state: ExecutionState): readonly ExecutionEvent[] | null {
  if (state.status === 'unknown' || execution.fencingToken === state.execution.fencingToken) return null;
  if (execution.fencingToken > state.execution.fencingToken) {
    throw new Rejection('stale-token', { executionId: execution.executionId });
  }
  const { executionId, fencingToken } = execution;
  const noted = state.stale.some((report) => report.report === type && report.fencingToken === fencingToken);
  if (noted) return [];
  return [{ type: 'StaleReportNoted', executionId, report: type, fencingToken, at }];
}

function recordStarted(command: CommandOf<'RecordStarted'>, state: ExecutionState): readonly ExecutionEvent[] {
  const { execution, containment, pid, at } = command;
  switch (state.status) {
    case 'unknown':
      return [{ type: 'ExecutionStarted', execution, containment, pid, at }];
    case 'terminating':
      return state.startedAt === null ? [{ type: 'ExecutionStarted', execution, containment, pid, at }] : [];
    case 'running':
    case 'ended': // Reports are kept in order, so this is a redelivery.
    case 'fenced':
      return [];
    default:
      return state satisfies never;
  }
}

function requestStop(
  { execution, stop, at }: CommandOf<'RequestStop'>,
  state: ExecutionState,
): readonly ExecutionEvent[] {
  switch (state.status) {
    case 'unknown':
    case 'running':
      return [{ type: 'ExecutionStopRequested', execution, stop, at }];
    case 'terminating': {
      const stronger = strengthen(state.stop, stop);
      return stronger ? [{ type: 'ExecutionStopRequested', execution, stop: stronger, at }] : [];
    }
    case 'fenced':
    case 'ended':
      return [];
    default:
      return state satisfies never;
  }
}

/**
 * A later request may force or shrink the grace, never weaken. The first cancellation stays on record; a stop of the
 * system's own has none, and takes the one that comes. Null: nothing new.
 */
function strengthen(current: StopRequest, asked: StopRequest): StopRequest | null {
  const force = current.force || asked.force;
  const gracePeriodMs = Math.min(current.gracePeriodMs, asked.gracePeriodMs);
  const cancellationId = current.cancellationId ?? asked.cancellationId;
  const same =
    force === current.force && gracePeriodMs === current.gracePeriodMs && cancellationId === current.cancellationId;
  return same ? null : { ...current, cancellationId, force, gracePeriodMs };
}

function recordSignal({ evidence, at }: CommandOf<'RecordSignal'>, state: ExecutionState): readonly ExecutionEvent[] {
  if (state.status === 'unknown') throw new Rejection('execution-not-found');
  if (state.status === 'ended') return []; // The ending holds every signal.
  const known = state.signals.some((sent) => sent.signal === evidence.signal && sent.at === evidence.at);
  if (known) return [];
  const { executionId, jobId } = state.execution;
  const cancellationId = state.stop?.cancellationId ?? null;
  const type = evidence.signal === 'SIGKILL' ? 'ExecutionForceKilled' : 'ExecutionSignalled';
  return [{ type, executionId, jobId, cancellationId, evidence, at }];
}

function recordFrozen(
  { execution, cancellationId, processes, at }: CommandOf<'RecordFrozen'>,
  state: ExecutionState,
): readonly ExecutionEvent[] {
  if (state.status === 'unknown') throw new Rejection('execution-not-found');
  if (state.status === 'ended' || state.frozenAt !== null) return [];
  const { executionId, jobId } = execution;
  return [{ type: 'ExecutionFrozen', executionId, jobId, cancellationId, processes, at }];
}

function recordThawed(
  { execution, cancellationId, at }: CommandOf<'RecordThawed'>,
  state: ExecutionState,
): readonly ExecutionEvent[] {
  if (state.status === 'unknown') throw new Rejection('execution-not-found');
  if (state.status === 'ended' || state.frozenAt === null) return [];
  const { executionId, jobId } = execution;
  return [{ type: 'ExecutionThawed', executionId, jobId, cancellationId, at }];
}

function recordEnded(
  { execution, ending, at }: CommandOf<'RecordEnded'>,
  state: ExecutionState,
): readonly ExecutionEvent[] {
  const news = state.status !== 'ended' || (!isProven(state.ending) && isProven(ending));
  return news ? [...untoldSignals(execution, ending, state), { type: 'ExecutionEnded', execution, ending, at }] : [];
}

/** Signals told only with the end, as those are that it followed at once: the story is complete all the same. */
function untoldSignals(
  execution: ExecutionIdentity,
  { evidence }: ExecutionEnding,
  state: ExecutionState,
): readonly ExecutionEvent[] {
  if (state.status === 'unknown' || state.status === 'ended') return [];
  return evidence.signals.flatMap((sent) =>
    recordSignal({ type: 'RecordSignal', execution, evidence: sent, at: sent.at }, state),
  );
}

/** An ending whose processes nobody has seen gone may be followed by one that proves it. */
function isProven({ evidence }: ExecutionEnding): boolean {
  return evidence.provenGoneAt !== null;
}

function fence({ execution, at }: CommandOf<'FenceExecution'>, state: ExecutionState): readonly ExecutionEvent[] {
  return state.status === 'ended' || state.status === 'fenced' ? [] : [{ type: 'ExecutionFenced', execution, at }];
}
