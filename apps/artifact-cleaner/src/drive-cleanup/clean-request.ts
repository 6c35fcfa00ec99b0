import type { CleanReply, CleanRequest } from '@necrocode/contracts';
import type { CleanupCommand, CleanupOrder, CleanupReport, CleanupState, RunnerId, Timestamp } from '@necrocode/domain';

const NOTHING_DONE: CleanupReport = { artifacts: [], filesRemoved: 0, bytesFreed: 0, leftFiles: 0 };

export interface RunnerCleaning {
  readonly runnerId: RunnerId;
  readonly request: CleanRequest;
}

/** A cleanup that is to be driven. */
export type CleanupToDrive = Pick<Extract<CleanupState, { status: 'open' }>, 'order' | 'again'>;

/** What which runner is to do, the one that has the artifacts last: its report is the cleanup's. None: there is nothing to clean. */
export function cleaningsFor({ order, again }: CleanupToDrive): readonly RunnerCleaning[] {
  switch (order.kind) {
    case 'slot': {
      const { runnerId, executionId, pool, slotId, slotKind: kind } = order;
      return [{ runnerId, request: { kind: 'slot', slot: { pool, slotId, kind }, executionId } }];
    }
    case 'job': {
      const left = (order.leftRunnerIds ?? []).map((runnerId) => ({ ...order, runnerId, artifacts: [] }));
      // What was written after the cleaning is nobody's artifact.
      const own = again ? { ...order, artifacts: [] } : order;
      return [...left, own].flatMap((each) => workspace(each, true, again?.foundAt));
    }
    case 'tasks':
      return order.artifacts.length === 0 ? [] : workspace(order, false);
    default:
      return order satisfies never;
  }
}

function workspace(
  { runnerId, jobId, artifacts }: Exclude<CleanupOrder, { kind: 'slot' }>,
  removeWorkspace: boolean,
  foundAt?: Timestamp,
): readonly RunnerCleaning[] {
  if (runnerId === null) return []; // Nothing was ever assigned, so no workspace was ever made.
  const found = foundAt === undefined ? {} : { foundAt };
  const orders = artifacts.map((order) => ({ ...order, globs: [...order.globs] }));
  return [{ runnerId, request: { kind: 'workspace', jobId, artifacts: orders, removeWorkspace, ...found } }];
}

/** What several runners answered for one order: the first answer that is no report, or the reports as one. */
export function asOne(replies: readonly (CleanReply | null)[]): CleanReply | null {
  return replies.reduce((all, reply) => {
    if (all?.kind !== 'workspace' || reply?.kind !== 'workspace') return all?.kind === 'workspace' ? reply : all;
    const sum = (of: 'filesRemoved' | 'bytesFreed' | 'leftFiles'): number => all.report[of] + reply.report[of];
    const artifacts = [...all.report.artifacts, ...reply.report.artifacts];
    const [filesRemoved, bytesFreed, leftFiles] = [sum('filesRemoved'), sum('bytesFreed'), sum('leftFiles')];
    return { kind: 'workspace', report: { artifacts, filesRemoved, bytesFreed, leftFiles } };
  });
}

export function nothingToClean(at: Timestamp): CleanupCommand {
  return { type: 'RecordCleanupDone', report: NOTHING_DONE, at };
}

/** What the runner's answer means. @param reply null when there was none */
export function outcomeOf(order: CleanupOrder, reply: CleanReply | null, at: Timestamp): CleanupCommand {
  if (reply === null) {
    const message = `the runner ${order.runnerId ?? ''} does not answer`;
    return { type: 'RecordCleanupFailure', error: { code: 'runner-unreachable', message }, at };
  }
  switch (reply.kind) {
    case 'failed':
      return { type: 'RecordCleanupFailure', error: reply.error, at };
    case 'slot':
      return order.kind === 'slot' ? { type: 'RecordSlotClean', evidence: reply.evidence, at } : mismatch(order, at);
    case 'workspace':
      return order.kind === 'slot' ? mismatch(order, at) : { type: 'RecordCleanupDone', report: reply.report, at };
    default:
      return reply satisfies never;
  }
}

function mismatch({ kind }: CleanupOrder, at: Timestamp): CleanupCommand {
  const message = `the runner answered for something else than the ${kind} it was asked about`;
  return { type: 'RecordCleanupFailure', error: { code: 'cleanup-failed', message }, at };
}
