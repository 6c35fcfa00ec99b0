import type { BulkEvent } from '@necrocode/domain';
import type { BulkProgress } from '@necrocode/metrics';
import { type LogLine, traceIdOf } from '@necrocode/service-kit';

/** What the log says of an event of a bulk. Pure. */
export function bulkLine(event: BulkEvent, { cancellationId, traceparent }: Omit<BulkProgress, 'events'>): LogLine {
  const story = { cancellationId, traceId: traceIdOf(traceparent) };
  const line = (level: LogLine['level'], message: string, fields: object): LogLine => ({
    level,
    message,
    fields: { ...story, ...fields },
  });
  switch (event.type) {
    case 'BulkRequested': {
      const { requestedBy, reason, options, plan, target } = event;
      const asked = { scope: target.kind, requestedBy, reason: reason.code, force: options.force };
      return line('info', 'bulk accepted', { ...asked, targets: plan.targets, waiting: plan.waiting });
    }
    case 'BulkTargetsPlanned':
      return line('debug', 'chunk planned', { chunk: event.chunk, action: event.action, jobs: event.jobIds.length });
    case 'BulkChunkStarted':
      return line('debug', 'chunk started', { chunk: event.chunk });
    case 'BulkChunkDequeued': {
      const { chunk, dequeued, started, ended } = event;
      return line('info', 'chunk dequeued', { chunk, dequeued, started: started.length, ended: ended.length });
    }
    case 'BulkMembersOpened':
      return line('info', 'members opened', { members: event.members.length });
    case 'BulkMembersSettled':
      return line('info', 'members settled', { members: event.members.length });
    case 'BulkAborted':
      return line('info', 'bulk aborted', { requestedBy: event.requestedBy });
    case 'BulkConcluded': {
      const { outcome, completedAfterMs, executions } = event.certificate;
      const level = outcome === 'completed' || outcome === 'aborted' ? 'info' : 'error';
      return line(level, 'bulk result', { outcome, completedAfterMs, ...executions });
    }
    default:
      return event satisfies never;
  }
}
