import type { CleanReply, CleanRequest } from '@necrocode/contracts';
import type { CleanupCommand, CleanupOrder, CleanupReport, RunnerId, Timestamp } from '@necrocode/domain';

const NOTHING_DONE: CleanupReport = { artifacts: [], filesRemoved: 0, bytesFreed: 0, leftFiles: 0 };

/** What the runner is to do; null when there is nothing on any runner to clean. */
export function cleanRequestFor(
  order: CleanupOrder,
): { readonly runnerId: RunnerId; readonly request: CleanRequest } | null {
  switch (order.kind) {
    case 'slot': {
      const { runnerId, executionId, pool, slotId, slotKind: kind } = order;
      return { runnerId, request: { kind: 'slot', slot: { pool, slotId, kind }, executionId } };
    }
    case 'job':
      return workspace(order, true);
    case 'tasks':
      return order.artifacts.length === 0 ? null : workspace(order, false);
    default:
      return order satisfies never;
  }
}

function workspace(
  { runnerId, jobId, artifacts }: Exclude<CleanupOrder, { kind: 'slot' }>,
  removeWorkspace: boolean,
): ReturnType<typeof cleanRequestFor> {
  if (runnerId === null) return null; // Nothing was ever assigned, so no workspace was ever made.
  const orders = artifacts.map((order) => ({ ...order, globs: [...order.globs] }));
  return { runnerId, request: { kind: 'workspace', jobId, artifacts: orders, removeWorkspace } };
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
