import type { CleanupEvent } from '@necrocode/domain';
import type { EventMetadata } from '@necrocode/event-store';
import { type LogLine, traceIdOf } from '@necrocode/service-kit';

/** What the log says of an event of a cleanup. No file name: those are the users' own. Pure. */
export function cleanupLine(
  event: CleanupEvent,
  cleanupId: string,
  { correlationId, traceparent }: Pick<EventMetadata, 'correlationId' | 'traceparent'>,
): LogLine {
  const story = { jobId: correlationId, cleanupId, traceId: traceIdOf(traceparent) };
  const line = (level: LogLine['level'], message: string, fields: object): LogLine => ({
    level,
    message,
    fields: { ...story, ...fields },
  });
  switch (event.type) {
    case 'CleanupRequested': {
      const { kind, runnerId } = event.order;
      return line('info', 'cleanup requested', { kind, runnerId });
    }
    case 'CleanupFailed':
      return line('warn', 'cleanup failed', { attempt: event.attempt, code: event.error.code, retryAt: event.retryAt });
    case 'SlotProvenClean': {
      const { executionId, slotId, evidence } = event;
      return line('info', 'slot proven clean', { executionId, slotId, leftEntries: evidence.leftEntries });
    }
    case 'CleanupCompleted': {
      const { artifacts, filesRemoved, bytesFreed, leftFiles } = event.report;
      const done = { artifacts: artifacts.length, filesRemoved, bytesFreed, leftFiles };
      return line('info', 'cleanup completed', { kind: event.kind, ...done });
    }
    case 'CleanupReopened':
      return line('warn', 'cleanup reopened', { foundAt: event.foundAt });
    default:
      return event satisfies never;
  }
}
