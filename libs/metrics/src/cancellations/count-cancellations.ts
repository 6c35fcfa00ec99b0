import { type Cancellation, type CancellationEvent, countSlotsOf, STEPS } from '@necrocode/domain';
import type { Metrics } from '../define/metrics.js';
import type { Requests } from './declare-requests.js';
import { readCertificate } from './read-certificate.js';

/** What one append did to a cancellation: the events, and the state they led to. */
export interface CancellationProgress {
  readonly state: Cancellation;
  readonly events: readonly CancellationEvent[];
  /** When it was durable, RFC 3339, by the store's clock. */
  readonly recordedAt: string;
  readonly traceparent?: string | undefined;
}

/** Counts each cancellation by what was appended to its stream: an event is stored once, however often it was delivered. */
export function countCancellations(metrics: Metrics, requests: Requests) {
  const failures = metrics.counter({
    name: 'cancellation_failures_total',
    help: 'Cancellations left partial (something known is left) or unconfirmed (nobody can look); they are driven on',
    labels: { outcome: ['partial', 'unconfirmed'] },
  });
  const undone = metrics.counter({
    name: 'cancellation_undone_total',
    help: 'Cancellations taken back within their undo window',
  });
  const stepFailures = metrics.counter({
    name: 'cancellation_step_failures_total',
    help: 'Attempts at a step that failed, time-outs included',
    labels: { step: STEPS },
  });
  const stepTimeouts = metrics.counter({
    name: 'cancellation_step_timeouts_total',
    help: 'Attempts at a step that brought nothing new for longer than patience and grace period explain',
    labels: { step: STEPS },
  });
  const redrives = metrics.counter({
    name: 'cancellation_redrives_total',
    help: 'Times a step was asked for again after it had failed',
    labels: { step: STEPS },
  });
  const stepDurations = metrics.durations({
    name: 'cancellation_step_duration_seconds',
    help: 'From a step being opened to its completion',
    labels: { step: STEPS },
  });
  const slotsFree = metrics.durations({
    name: 'cancellation_slots_free_seconds',
    help: 'From the request to every slot of it being proven clean and free; cancellations that held a slot',
  });
  const unconfirmed = metrics.counter({
    name: 'cancellation_executions_unconfirmed_total',
    help: 'Executions of a cancellation whose runner was lost before anybody saw them end',
  });
  const survivors = metrics.counter({
    name: 'cancellation_survivors_found_total',
    help: 'Processes that a verification found alive after their execution was reported gone',
  });
  const certified = readCertificate(metrics);

  return ({ state, events, recordedAt }: CancellationProgress): void => {
    const since = (at: string): number => Math.max(0, Date.parse(at) - Date.parse(state.requestedAt));
    for (const event of events) {
      switch (event.type) {
        case 'CancellationRequested':
          if (event.bulkId !== undefined) break; // Nobody asked for it: its bulk was asked for.
          requests.asked({ scope: event.target.kind, reason: event.reason.code });
          requests.acknowledged({ scope: event.target.kind }, since(recordedAt));
          break;
        case 'CancellationJoined':
          requests.joined({});
          break;
        case 'StepCompleted': {
          const { startedAt, completedAt } = state.steps[event.step];
          if (startedAt && completedAt)
            stepDurations({ step: event.step }, Date.parse(completedAt) - Date.parse(startedAt));
          if (event.step === 'release' && state.plan && countSlotsOf(state.plan) > 0) slotsFree({}, since(event.at));
          break;
        }
        case 'StepFailed':
          stepFailures({ step: event.step });
          if (event.error.code === 'no-progress') stepTimeouts({ step: event.step });
          break;
        case 'StepRetried':
          redrives({ step: event.step });
          break;
        case 'TerminationUnconfirmed':
          unconfirmed({});
          break;
        case 'VerificationFailed':
          survivors({}, event.pass.survivors);
          break;
        case 'CancellationLeftPartial':
          failures({ outcome: 'partial' });
          break;
        case 'CancellationLeftUnconfirmed':
          failures({ outcome: 'unconfirmed' });
          break;
        case 'CancellationUndone':
          undone({});
          break;
        case 'CancellationCompleted':
          requests.completed({ scope: state.target.kind }, event.certificate.completedAfterMs);
          certified(event.certificate);
          break;
        default: // Tells of the way, which the steps are counted by.
      }
    }
  };
}
