import type { Containment, EndReason, ExecutionEnding, StopRequest } from '@necrocode/domain';
import type { Exit } from '../../reality/machine.js';
import type { StopResult } from './stop-tree.js';

/** The ending of a tree, from what was seen of its death. */
export function endingOf(
  result: StopResult,
  means: Containment,
  reason: EndReason,
  stop: StopRequest | null,
  exit: Exit | null,
  started = true,
): ExecutionEnding {
  const { signals, forced, passes, provenGoneAt, survivors } = result;
  const assurance = means === 'cgroup2' ? 'kernel' : 'swept';
  return {
    reason,
    exit: exit ?? { code: null, signal: null },
    started,
    cancellationId: reason === 'stopped' ? (stop?.cancellationId ?? null) : null,
    error: null,
    evidence: {
      containment: means,
      assurance: provenGoneAt === null ? 'unconfirmed' : assurance,
      signals,
      forced,
      peakProcesses: 1,
      survivors,
      passes,
      provenGoneAt,
    },
  };
}

/** Nothing ran, so nothing can be left. */
export function endingWithoutTree(
  reason: EndReason,
  means: Containment,
  at: string,
  stop: StopRequest | null,
): ExecutionEnding {
  const nothing: StopResult = { signals: [], forced: false, passes: 0, provenGoneAt: at, survivors: 0 };
  const ending = endingOf(nothing, means, reason, stop, null, false);
  return { ...ending, cancellationId: stop?.cancellationId ?? null };
}
