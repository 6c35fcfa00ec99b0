import type { ExecutionEnding, ExecutionEvent, Orphan, RunnerEvent } from '@necrocode/domain';
import type { Metrics } from '../define/metrics.js';

const REASONS = [
  'exited',
  'stopped',
  'timed-out',
  'start-failed',
  'lease-lost',
  'runner-restarted',
  'fenced',
] as const satisfies readonly ExecutionEnding['reason'][];

const ORPHANS = [
  'process',
  'containment',
  'execution',
  'record',
  'workspace',
] as const satisfies readonly Orphan['kind'][];

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGKILL'] as const;

/** Counts executions and runners by the events of their streams. */
export function countExecutions(metrics: Metrics) {
  const terminated = metrics.counter({
    name: 'runners_terminated_total',
    help: 'Executions ended by a cancellation and proven gone; forced: SIGKILL was needed or asked for',
    labels: { how: ['graceful', 'forced'] },
  });
  const signals = metrics.counter({
    name: 'cancellation_signals_total',
    help: 'Signals sent for cancellations, by what came of them',
    labels: { signal: SIGNALS, answer: ['delivered', 'gone', 'refused'] },
  });
  const forcedKills = metrics.counter({
    name: 'cancellation_forced_kills_total',
    help: 'SIGKILLs for cancellations; each is an event of its own',
  });
  const graceTimeouts = metrics.counter({
    name: 'cancellation_grace_timeouts_total',
    help: 'Executions that were asked to end and were still there when their grace period was over',
  });
  const unproven = metrics.counter({
    name: 'necrocode_execution_survivors_total',
    help: 'Processes that were still alive after SIGKILL when their execution was reported ended',
  });
  const ended = metrics.counter({
    name: 'necrocode_executions_ended_total',
    help: 'Executions proven gone, by how they ended',
    labels: { reason: REASONS },
  });
  const fenced = metrics.counter({
    name: 'necrocode_executions_fenced_total',
    help: "Executions whose runner's lease ran out",
  });
  const stale = metrics.counter({
    name: 'necrocode_stale_reports_total',
    help: 'Reports with an outdated fencing token, which changed nothing',
  });
  const lost = metrics.counter({
    name: 'necrocode_runners_lost_total',
    help: 'Runners that were silent for a whole lease',
  });
  const quarantined = metrics.counter({
    name: 'necrocode_runners_quarantined_total',
    help: 'Runners that hold processes which cannot be killed',
  });

  const orphans = metrics.counter({
    name: 'necrocode_orphans_found_total',
    help: 'Orphans that two looks in a row found: on a host without an execution in hand, or between runner and store',
    labels: { kind: ORPHANS },
  });

  return (event: ExecutionEvent | RunnerEvent): void => {
    switch (event.type) {
      case 'ExecutionSignalled':
      case 'ExecutionForceKilled':
        if (event.cancellationId === null) break;
        signals({ signal: event.evidence.signal, answer: answerOf(event.evidence.answer) });
        if (event.type === 'ExecutionForceKilled') forcedKills({});
        break;
      case 'ExecutionEnded': {
        const { reason, started, cancellationId, evidence } = event.ending;
        unproven({}, evidence.survivors);
        // A second ending, which is the proof, follows one that nobody had seen to the end.
        if (evidence.provenGoneAt === null) break;
        ended({ reason });
        if (cancellationId === null || !started) break;
        terminated({ how: evidence.forced ? 'forced' : 'graceful' });
        if (evidence.forced && evidence.signals.some(({ signal }) => signal !== 'SIGKILL')) graceTimeouts({});
        break;
      }
      case 'ExecutionFenced':
        fenced({});
        break;
      case 'StaleReportNoted':
        stale({});
        break;
      case 'RunnerLost':
        lost({});
        break;
      case 'RunnerQuarantined':
        quarantined({});
        break;
      case 'RunnerOrphanFound':
        orphans({ kind: event.orphan.kind });
        break;
      default: // Tells of the way.
    }
  };
}

/** The system's error codes are many; that it refused is what matters. */
function answerOf(answer: string): 'delivered' | 'gone' | 'refused' {
  return answer === 'delivered' || answer === 'gone' ? answer : 'refused';
}
