import type { ExecutionReport } from '@necrocode/contracts';
import type { ExecutionCommand } from '@necrocode/domain';

/** Reports that say something of a runner rather than of an execution. */
export type RunnerReport = Extract<ExecutionReport, { kind: 'survived' | 'orphan-found' | 'orphan-ended' }>;

export type EventfulReport = Exclude<ExecutionReport, RunnerReport>;

/** What a report asks to be recorded. */
export function commandOf(report: EventfulReport): ExecutionCommand {
  const { execution, at } = report;
  switch (report.kind) {
    case 'started':
      return { type: 'RecordStarted', execution, containment: report.containment, pid: report.pid, at };
    case 'signalled':
      return { type: 'RecordSignal', execution, evidence: report.evidence, at };
    case 'frozen': {
      const { cancellationId, processes } = report;
      return { type: 'RecordFrozen', execution, cancellationId, processes, at };
    }
    case 'thawed':
      return { type: 'RecordThawed', execution, cancellationId: report.cancellationId, at };
    case 'ended':
      return { type: 'RecordEnded', execution, ending: report.ending, at };
    default:
      return report satisfies never;
  }
}
