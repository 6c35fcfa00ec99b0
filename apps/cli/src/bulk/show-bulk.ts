import type { BulkResource } from '@necrocode/contracts';
import { duration } from '../terminal/duration.js';
import { visible } from '../terminal/table.js';
import { colours, paint } from '../terminal/terminal.js';

/** One line on how far it is; counts of nothing are left out. Pure. */
export function bulkProgress({ targets }: BulkResource): string {
  const { planned, cancelled, alreadyEnded, undone, partial, unconfirmed, notReached, pending } = targets;
  const counts = [
    [cancelled, 'cancelled'],
    [alreadyEnded, 'had ended'],
    [undone, 'undone'],
    [partial, 'partial'],
    [unconfirmed, 'unconfirmed'],
    [notReached, 'not reached'],
    [pending, 'to go'],
  ] as const;
  const said = counts.flatMap(([count, word]) => (count > 0 ? [`${count} ${word}`] : []));
  return `${planned - pending} of ${planned}: ${said.join(', ')}`;
}

export function showBulk(bulk: BulkResource): string {
  const { cancellationId, status, reason, requestedBy, targets, plan, certificate, waitingFor } = bulk;
  const lines = [
    `${cancellationId}  ${paint(status)}${bulk.stalled ? `  ${colours.red('STALLED')}` : ''}`,
    `  target             ${describeTarget(bulk.target)}`,
    `  requested          ${bulk.requestedAt} by ${visible(requestedBy)}: ${reason.code}${reason.text && ` (${visible(reason.text)})`}`,
    `  plan               ${plan.targets} jobs: ${plan.waiting} waiting, ${plan.started} begun`,
    `  targets            ${bulkProgress(bulk)}`,
    `  never started      ${targets.neverStarted} of ${targets.cancelled} cancelled`,
  ];
  if (waitingFor.length > 0) lines.push(`  waiting for        ${waitingFor.join('; ')}`);
  if (certificate) {
    const { acknowledgedAfterMs, completedAfterMs, executions, streamHash } = certificate;
    lines.push(
      `  times              requested → stored ${duration(acknowledgedAfterMs)}, → settled ${duration(completedAfterMs)}`,
      `  executions         ${executions.ended} ended, ${executions.forced} by force`,
      `  chain              ${streamHash}`,
    );
  }
  return lines.join('\n');
}

export function describeTarget(target: BulkResource['target']): string {
  switch (target.kind) {
    case 'batch':
      return `batch ${target.batchId}`;
    case 'queue':
      return `queue ${visible(target.queue)} (${target.mode})`;
    case 'selector':
      return `selector ${visible(JSON.stringify(target.selector))}`;
    default:
      return target satisfies never;
  }
}
