import type { CancellationResource } from '@necrocode/contracts';
import { ago, bytes, duration } from '../terminal/duration.js';
import { table, visible } from '../terminal/table.js';
import { colours, paint } from '../terminal/terminal.js';

/** A cancellation with every step. */
export function showCancellation(cancellation: CancellationResource, width: number): string {
  const { steps, executions, errors, waitingFor, nextDrive, undo, certificate } = cancellation;
  const stepRows = steps.map((step) => [
    step.step,
    step.status,
    step.durationMs === null ? '-' : duration(step.durationMs),
    step.attempts === 0 ? '' : `${step.attempts} failed`,
    step.lastError
      ? step.lastError.message
      : Object.entries(step.evidence ?? {})
          .map(([name, value]) => `${name} ${value}`)
          .join(', '),
  ]);
  const executionRows = executions.map((execution) => [
    execution.task,
    execution.status,
    execution.signals.map(({ signal, processes }) => `${signal}×${processes}`).join(' ') || '-',
    execution.containment ?? '-',
    execution.assurance ?? '-',
    execution.executionId,
  ]);
  return [
    `${cancellation.cancellationId}  ${paint(cancellation.word)}${cancellation.stalled ? `  ${colours.red('STALLED')}` : ''}`,
    `  job       ${cancellation.jobId}${cancellation.taskId === null ? '' : `, task ${cancellation.taskId}`}`,
    `  asked by  ${cancellation.requestedBy}, ${ago(cancellation.requestedAt)}: ${cancellation.reason.code}${cancellation.reason.text ? ` — ${visible(cancellation.reason.text)}` : ''}`,
    ...(waitingFor.length > 0 ? [`  waiting   ${waitingFor.join('; ')}`] : []),
    ...(undo?.phase === 'holding'
      ? [`  undo      until ${undo.until}: necrocode cancellation undo ${cancellation.cancellationId}`]
      : []),
    ...(nextDrive === null ? [] : [`  next      tried again at ${nextDrive.at}, attempt ${nextDrive.attempt}`]),
    '',
    table(['STEP', 'STATE', 'TOOK', 'TRIES', 'EVIDENCE'], stepRows, width),
    ...(executionRows.length > 0
      ? ['', table(['TASK', 'STATE', 'SIGNALS', 'HELD BY', 'ASSURANCE', 'EXECUTION'], executionRows, width)]
      : []),
    ...(errors.length > 0
      ? [
          '',
          ...errors.map(
            (error) => `${colours.yellow(error.step)}: ${error.code} — ${visible(error.message)} (${error.attempts}×)`,
          ),
        ]
      : []),
    ...(certificate === null ? [] : ['', showCertificate(certificate)]),
  ].join('\n');
}

/** The certificate in a few lines; `-o json` has the whole of it. */
export function showCertificate(certificate: NonNullable<CancellationResource['certificate']>): string {
  const { tasks, executions, slots, artifacts, verification } = certificate;
  const gone = certificate.lastProcessGoneAfterMs;
  const forced = executions.filter((execution) => execution.forced).length;
  return [
    colours.bold(`Death certificate of ${certificate.cancellationId}: ${paint(certificate.outcome)}`),
    `  durable after      ${duration(certificate.acknowledgedAfterMs)}`,
    `  last process gone  ${gone === null ? 'nothing ran' : `after ${duration(gone)}`}`,
    `  certified after    ${duration(certificate.completedAfterMs)}`,
    `  tasks              ${tasks.cancelled} cancelled (${tasks.neverStarted} never started), ${tasks.completedBefore} completed before`,
    ...(certificate.spared ?? []).map(({ task, fate }) => `    ${visible(task).padEnd(14)} ${FATES[fate]}`),
    ...(certificate.finalizers ?? []).map(({ task, status }) => `    ${visible(task).padEnd(14)} finalizer: ${status}`),
    `  executions         ${executions.length} ended, ${forced} forced, ${executions.reduce((sum, each) => sum + each.survivors, 0)} survivors`,
    ...executions.map(
      (each) =>
        `    ${each.task.padEnd(14)} ${each.signals.map(({ signal, processes }) => `${signal}×${processes}`).join(' ') || 'no signal'} → ${each.exit.signal ?? `exit ${each.exit.code ?? '-'}`}; ${each.containment ?? '-'}/${each.assurance}, peak ${each.peakProcesses} processes`,
    ),
    `  slots              ${slots.released} released, ${slots.held} held`,
    `  artifacts          ${artifacts.kept} kept, ${artifacts.quarantined} quarantined, ${artifacts.deleted} deleted; ${artifacts.filesRemoved} files removed, ${bytes(artifacts.bytesFreed)} freed`,
    `  looked again       ${verification.passes}×: ${verification.survivors} survivors, ${verification.heldSlots} slots held, ${verification.openStates} open states, ${verification.leftFiles} files left`,
    ...(certificate.left ?? []).map(({ step, message }) => `  left undone        ${step}: ${visible(message)}`),
    `  trace              ${certificate.traceId ?? '-'}`,
    `  chain              ${certificate.streamHash}`,
  ].join('\n');
}

const FATES = { skipped: 'left alone: skipped', 'goes-on': 'left alone: goes on' } as const;
