import type { CancellationResource, CancellationStepResource, CancellationSummary } from '@necrocode/contracts';
import {
  type Cancellation,
  type Certificate,
  explainedSilenceMs,
  STALLED_AFTER_MS,
  STEPS,
  type StepState,
  type Timestamp,
} from '@necrocode/domain';
import { cancellationLinks } from '../cancel/cancellation-result.js';
import { cancellationActions } from '../show-job/actions.js';
import type { ExecutionStates } from '../show-job/present-task.js';
import { presentTargets } from './present-executions.js';
import { waitingFor } from './waiting-for.js';
import { wordOf } from './word-of.js';

export interface CancellationFacts {
  readonly cancellation: Cancellation;
  /** Events folded into it. */
  readonly version: number;
  readonly executions: ExecutionStates;
}

/** @param now RFC 3339; only `stalled`, `nextDrive` and whether it can be undone depend on it */
export function presentCancellation(facts: CancellationFacts, now: Timestamp): CancellationResource {
  const { cancellation, version } = facts;
  const { certificate, options, target } = cancellation;
  const executions = presentTargets(cancellation, facts.executions);
  const lastEvidenceAt = [
    cancellation.movedAt,
    ...executions.flatMap(({ signals }) => signals.map(({ at }) => at)),
  ].reduce((newest, at) => (at > newest ? at : newest));
  const signalled = executions.some(({ signals }) => signals.length > 0);
  const forced = executions.filter((execution) => execution.forced).length;
  return {
    ...identify(cancellation),
    word: wordOf(cancellation.status, signalled, forced > 0),
    target,
    options,
    steps: STEPS.map((step) => presentStep(step, cancellation.steps[step])),
    progress: {
      stepsCompleted: countCompleted(cancellation),
      stepsTotal: STEPS.length,
      executionsEnded: executions.filter(({ status }) => status === 'ended').length,
      executionsForced: forced,
      executionsUnconfirmed: executions.filter(({ status }) => status === 'unconfirmed').length,
      executionsTotal: executions.length,
    },
    executions,
    spared: (cancellation.plan?.spared ?? []).map(({ taskId, key, fate }) => ({ taskId, task: key, fate })),
    errors: STEPS.flatMap((step) => {
      const { attempts, lastError } = cancellation.steps[step];
      return lastError === null ? [] : [{ ...lastError, step, attempts }];
    }),
    stalled: isStalled(cancellation, lastEvidenceAt, now),
    lastEvidenceAt,
    waitingFor: waitingFor(cancellation, executions),
    undo: presentUndo(cancellation),
    nextDrive: nextDrive(cancellation, now),
    version,
    certificate: certificate === null ? null : presentCertificate(certificate),
    actions: cancellationActions(cancellation, now),
    links: cancellationLinks(cancellation.cancellationId),
  };
}

/** @param signalled a signal is known to have been sent @param forced SIGKILL was among them */
export function summariseCancellation(
  cancellation: Cancellation,
  signalled: boolean,
  forced: boolean,
): CancellationSummary {
  return {
    ...identify(cancellation),
    word: wordOf(cancellation.status, signalled, forced),
    bulkId: cancellation.bulkId ?? null,
    stepsCompleted: countCompleted(cancellation),
    stepsTotal: STEPS.length,
    currentStep: STEPS.find((step) => cancellation.steps[step].status === 'open') ?? null,
  };
}

export function presentCertificate(certificate: Certificate): NonNullable<CancellationResource['certificate']> {
  const executions = certificate.executions.map((execution) => ({ ...execution, signals: [...execution.signals] }));
  const { left, spared, finalizers, ...rest } = certificate;
  return {
    ...rest,
    executions,
    ...(left === undefined ? {} : { left: [...left] }),
    ...(spared === undefined ? {} : { spared: [...spared] }),
    ...(finalizers === undefined ? {} : { finalizers: [...finalizers] }),
  };
}

function identify({ cancellationId, target, status, reason, requestedBy, requestedAt, endedAt }: Cancellation) {
  const { jobId } = target;
  const taskId = target.kind === 'task' ? target.taskId : null;
  return { cancellationId, jobId, taskId, status, reason, requestedBy, requestedAt, endedAt };
}

function countCompleted({ steps }: Cancellation): number {
  return STEPS.filter((step) => steps[step].status === 'completed').length;
}

function presentStep(step: (typeof STEPS)[number], state: StepState): CancellationStepResource {
  const { status, attempts, startedAt, completedAt, evidence, lastError } = state;
  const durationMs =
    startedAt === null || completedAt === null ? null : Date.parse(completedAt) - Date.parse(startedAt);
  return { step, status, attempts, startedAt, completedAt, durationMs, evidence, lastError };
}

function isStalled(cancellation: Cancellation, lastEvidenceAt: Timestamp, now: Timestamp): boolean {
  if (cancellation.status === 'completed' || cancellation.status === 'undone') return false;
  return Date.parse(now) - Date.parse(lastEvidenceAt) > STALLED_AFTER_MS + explainedSilenceMs(cancellation);
}

function presentUndo({ hold }: Cancellation): CancellationResource['undo'] {
  if (hold === null) return null;
  const { until, phase, taskIds, executions, frozen } = hold;
  const parkedTasks = taskIds?.length ?? null;
  return { until, phase, parkedTasks, executions: executions.length, frozenExecutions: frozen.length };
}

/** The soonest time an open step is known to be tried again. */
function nextDrive({ steps }: Cancellation, now: Timestamp): CancellationResource['nextDrive'] {
  const known = STEPS.flatMap((step) => {
    const { status, nextDriveAt: at, attempts } = steps[step];
    return status === 'open' && at !== null && at > now ? [{ at, attempt: attempts + 1 }] : [];
  });
  return known.sort((one, other) => one.at.localeCompare(other.at))[0] ?? null;
}
