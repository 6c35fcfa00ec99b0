import type { ExecutionEvent } from '@necrocode/domain';
import type { EventMetadata } from '@necrocode/event-store';
import { type LogLine, traceIdOf } from '@necrocode/service-kit';

/** What the log says of an event of an execution: each signal with its answer, and the end with its evidence. Pure. */
export function executionLine(
  event: ExecutionEvent,
  executionId: string,
  { correlationId, traceparent }: Pick<EventMetadata, 'correlationId' | 'traceparent'>,
): LogLine {
  const story = { jobId: correlationId, executionId, traceId: traceIdOf(traceparent) };
  const line = (level: LogLine['level'], message: string, fields: object): LogLine => ({
    level,
    message,
    fields: { ...story, ...fields },
  });
  switch (event.type) {
    case 'ExecutionStarted': {
      const { runnerId, attempt } = event.execution;
      return line('info', 'execution started', { runnerId, attempt, containment: event.containment, pid: event.pid });
    }
    case 'ExecutionStopRequested': {
      const { cancellationId, signal, gracePeriodMs, force } = event.stop;
      const { runnerId } = event.execution;
      return line('info', 'stop requested', { cancellationId, runnerId, signal, gracePeriodMs, force });
    }
    case 'ExecutionSignalled':
    case 'ExecutionForceKilled': {
      const { signal, at, processes, answer } = event.evidence;
      const { cancellationId } = event;
      return line('info', 'signal sent', { cancellationId, signal, signalledAt: at, processes, answer });
    }
    case 'ExecutionFrozen':
      return line('info', 'execution frozen', { cancellationId: event.cancellationId, processes: event.processes });
    case 'ExecutionThawed':
      return line('info', 'execution thawed', { cancellationId: event.cancellationId });
    case 'ExecutionEnded': {
      const { reason, exit, started, cancellationId, evidence } = event.ending;
      // The signals too: an end that overtook the reports of them is the only line that tells of them.
      const { signals, assurance, forced, peakProcesses, survivors, provenGoneAt } = evidence;
      const proof = { signals, assurance, forced, peakProcesses, survivors, provenGoneAt };
      const level = survivors > 0 ? 'error' : 'info';
      return line(level, 'execution ended', { cancellationId, reason, exit, started, ...proof });
    }
    case 'ExecutionFenced':
      return line('warn', 'execution fenced', { runnerId: event.execution.runnerId });
    case 'StaleReportNoted':
      return line('warn', 'stale report noted', { report: event.report, fencingToken: event.fencingToken });
    default:
      return event satisfies never;
  }
}
