import type { Containment, EndReason, ExecutionEnding, SignalEvidence, StopRequest } from '@necrocode/domain';
import type { SignalEvidence as TreeSignal, StopReport } from '@necrocode/process-tree';

const STOP_SIGNALS: ReadonlySet<string> = new Set([
  'SIGTERM',
  'SIGINT',
  'SIGHUP',
  'SIGQUIT',
  'SIGUSR1',
  'SIGUSR2',
  'SIGKILL',
]);

/** A signal as the record knows it; null for what only accompanies one (SIGCONT). */
export function signalEvidence({ signal, at, processes, answer }: TreeSignal): SignalEvidence | null {
  if (!STOP_SIGNALS.has(signal)) return null;
  return { signal: signal as SignalEvidence['signal'], at, processes, answer };
}

/** The ending of a tree, from the proof of its death. */
export function endingOf(report: StopReport, reason: EndReason, stop: StopRequest | null): ExecutionEnding {
  const { exit, assurance, forced, peakProcesses, passes, provenGoneAt } = report;
  return {
    reason,
    exit: { code: exit?.code ?? null, signal: exit?.signal ?? null },
    started: !report.neverRan,
    cancellationId: reason === 'stopped' ? (stop?.cancellationId ?? null) : null,
    error: null,
    evidence: {
      containment: report.means,
      assurance,
      signals: report.signals.flatMap((signal) => signalEvidence(signal) ?? []),
      forced,
      peakProcesses,
      survivors: report.survivors.length,
      passes,
      provenGoneAt,
    },
  };
}

/** An ending without a tree: a tombstone, or a command that could not be run. Nothing ran, so nothing can be left. */
export function endingWithoutTree(
  reason: EndReason,
  containment: Containment,
  at: string,
  more: { readonly stop?: StopRequest; readonly error?: { readonly code: string; readonly message: string } } = {},
): ExecutionEnding {
  return {
    reason,
    exit: { code: null, signal: null },
    started: false,
    cancellationId: more.stop?.cancellationId ?? null,
    error: more.error ?? null,
    evidence: {
      containment,
      assurance: 'kernel',
      signals: [],
      forced: false,
      peakProcesses: 0,
      survivors: 0,
      passes: 0,
      provenGoneAt: at,
    },
  };
}
