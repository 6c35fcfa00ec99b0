import type { CancellationEvent, ExecutionEnding } from '@necrocode/domain';
import type { CancellationProgress } from '@necrocode/metrics';
import { type LogLine, traceIdOf } from '@necrocode/service-kit';

/** What the log says of an event of a cancellation. Pure. */
export function cancellationLine(
  event: CancellationEvent,
  { state, traceparent }: Pick<CancellationProgress, 'state' | 'traceparent'>,
): LogLine {
  const { cancellationId, target } = state;
  const story = { cancellationId, jobId: target.jobId, traceId: traceIdOf(traceparent) };
  const sinceRequestMs = Math.max(0, Date.parse(event.at) - Date.parse(state.requestedAt));
  const line = (level: LogLine['level'], message: string, fields: object = {}): LogLine => ({
    level,
    message,
    fields: { ...story, sinceRequestMs, ...fields },
  });
  switch (event.type) {
    case 'CancellationRequested': {
      const { requestedBy, reason, options, undoWindowMs, bulkId } = event;
      const { force, gracePeriodMs } = options;
      const asked = {
        scope: target.kind,
        requestedBy,
        reason: reason.code,
        force,
        gracePeriodMs,
        undoWindowMs,
        bulkId,
      };
      return line('info', 'cancellation accepted', asked);
    }
    case 'CancellationJoined':
      return line('info', 'a request joined', { requestedBy: event.requestedBy, reason: event.reason.code });
    case 'CancellationUpgraded': {
      const { force, graceLimitMs } = event.options;
      return line('info', 'cancellation upgraded', { requestedBy: event.requestedBy, force, graceLimitMs });
    }
    case 'StepStarted':
      return line('debug', 'step started', { step: event.step });
    case 'StepCompleted': {
      const { startedAt, attempts } = state.steps[event.step];
      const tookMs = startedAt === null ? undefined : Date.parse(event.at) - Date.parse(startedAt);
      return line('info', 'step completed', { step: event.step, tookMs, failures: attempts });
    }
    case 'StepFailed':
      return line('warn', 'step failed', { step: event.step, attempt: event.attempt, code: event.error.code });
    case 'StepRetried':
      return line('debug', 'step is tried again', { step: event.step, nextDriveAt: event.nextDriveAt });
    case 'CancellationPlanned': {
      const { tasks, executions, slots } = event.plan;
      const planned = { tasks: tasks.length, executions: executions.length, slots: slots.length };
      return line('info', 'cancellation planned', planned);
    }
    case 'TerminationRecorded':
      return line('info', 'execution is gone', { ...identify(event.execution), ...describe(event.ending) });
    case 'TerminationUnconfirmed':
      return line('warn', 'the end of an execution cannot be confirmed', { executionId: event.executionId });
    case 'CleanupRecorded': {
      const { artifacts, filesRemoved, bytesFreed, leftFiles } = event.report;
      return line('info', 'cleanup recorded', { artifacts: artifacts.length, filesRemoved, bytesFreed, leftFiles });
    }
    case 'VerificationPassed':
      return line('info', 'verification passed', look(event.pass));
    case 'VerificationFailed':
      return line('warn', 'verification failed', look(event.pass));
    case 'CancellationCompleted':
    case 'CancellationLeftPartial':
    case 'CancellationLeftUnconfirmed': {
      const { outcome, completedAfterMs, acknowledgedAfterMs, lastProcessGoneAfterMs } = event.certificate;
      const { tasks, executions, slots, verification } = event.certificate;
      const forced = executions.filter((execution) => execution.forced).length;
      const counts = { tasks: tasks.cancelled, executions: executions.length, forced, slots: slots.released };
      const times = { completedAfterMs, acknowledgedAfterMs, lastProcessGoneAfterMs };
      const level = outcome === 'completed' ? 'info' : 'error';
      return line(level, 'cancellation result', { outcome, ...times, ...counts, survivors: verification.survivors });
    }
    case 'CancellationUndone':
      return line('info', 'cancellation result', { outcome: 'undone' });
    case 'TasksHeld':
      return line('info', 'tasks held', { tasks: event.taskIds.length, executions: event.executions.length });
    case 'ExecutionsFrozen':
      return line('info', 'executions frozen', { executions: event.executionIds.length });
    case 'UndoWindowClosed':
      return line('info', 'undo window closed', { because: event.because });
    case 'UndoRequested':
      return line('info', 'undo requested', { requestedBy: event.requestedBy });
    case 'TasksReleased':
      return line('info', 'tasks released');
    case 'ExecutionsThawed':
      return line('info', 'executions thawed', { executions: event.executionIds.length });
    case 'FinalizersRecorded':
      return line('info', 'finalizers have run', { finalizers: event.finalizers.length });
    default:
      return event satisfies never;
  }
}

function identify({ executionId, runnerId, attempt }: { executionId: string; runnerId: string; attempt: number }) {
  return { executionId, runnerId, attempt };
}

function describe({ reason, started, evidence }: ExecutionEnding) {
  const { containment, assurance, forced, peakProcesses, survivors, provenGoneAt } = evidence;
  return { reason, started, containment, assurance, forced, peakProcesses, survivors, provenGoneAt };
}

function look({ survivors, heldSlots, openStates, leftFiles }: Extract<CancellationEvent, { pass: unknown }>['pass']) {
  return { survivors, heldSlots, openStates, leftFiles };
}
