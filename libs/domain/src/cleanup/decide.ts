import type { Timestamp } from '../ids.js';
import type { CleanupCommand, CleanupEvent, CleanupReport, CleanupState } from './cleanup.js';

/** Back-off between attempts: 0.2 s doubling to 30 s, for ever. A cleanup that fails never undoes anything else. */
const FIRST_RETRY_MS = 200;
const LONGEST_RETRY_MS = 30_000;

/** What may happen to a cleanup. */
export function decideCleanup(command: CleanupCommand, state: CleanupState): readonly CleanupEvent[] {
  if (command.type === 'RequestCleanup') {
    return state.status === 'unknown' ? [{ type: 'CleanupRequested', order: command.order, at: command.at }] : [];
  }
  if (command.type === 'ReopenCleanup') return reopened(command, state);
  if (state.status !== 'open') return [];
  const { order } = state;
  const { jobId } = order;
  const { at } = command;
  switch (command.type) {
    case 'RecordCleanupFailure':
      return [failed(state, command.error, at)];
    case 'RecordSlotClean': {
      if (order.kind !== 'slot') return [];
      const { executionId, pool, slotId } = order;
      const { evidence } = command;
      if (evidence.leftEntries > 0) return [failed(state, left(evidence.leftEntries), at)];
      return [{ type: 'SlotProvenClean', jobId, executionId, pool, slotId, evidence, at }];
    }
    case 'RecordCleanupDone': {
      if (order.kind === 'slot') return []; // A slot needs its own proof.
      const { report } = command;
      if (report.leftFiles > 0) return [failed(state, left(report.leftFiles), at)];
      const before = state.again?.done;
      return [
        {
          type: 'CleanupCompleted',
          jobId,
          kind: order.kind,
          report: together(before, report),
          ...(before ? { bytesFreedBefore: before.bytesFreed } : {}),
          at,
        },
      ];
    }
    default:
      return command satisfies never;
  }
}

/** What was found after it was done; what was found before, it has dealt with. Only a job's workspace is looked into. */
function reopened(
  { foundAt, at }: Extract<CleanupCommand, { type: 'ReopenCleanup' }>,
  state: CleanupState,
): readonly CleanupEvent[] {
  if (state.status !== 'done' || state.order.kind !== 'job' || foundAt <= state.doneAt) return [];
  return [{ type: 'CleanupReopened', jobId: state.order.jobId, foundAt, at }];
}

function together(
  before: CleanupReport | undefined,
  { artifacts, filesRemoved, bytesFreed, leftFiles }: CleanupReport,
) {
  return {
    artifacts: [...(before?.artifacts ?? []), ...artifacts],
    filesRemoved: (before?.filesRemoved ?? 0) + filesRemoved,
    bytesFreed: (before?.bytesFreed ?? 0) + bytesFreed,
    leftFiles,
  };
}

function failed({ order, attempts }: OpenCleanup, error: CleanupError, at: Timestamp): CleanupEvent {
  const attempt = attempts + 1;
  const retryAt = later(at, Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (attempt - 1)));
  return { type: 'CleanupFailed', jobId: order.jobId, attempt, error, retryAt, at };
}

type OpenCleanup = Extract<CleanupState, { status: 'open' }>;
type CleanupError = Extract<CleanupEvent, { type: 'CleanupFailed' }>['error'];

/** What was to go and is still there: not done, whatever was done. */
function left(entries: number): CleanupError {
  return { code: 'cleanup-failed', message: `${entries} left after the cleaning` };
}

function later(at: Timestamp, ms: number): Timestamp {
  return new Date(Date.parse(at) + ms).toISOString();
}
