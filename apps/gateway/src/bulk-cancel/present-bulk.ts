import type { BulkResource } from '@necrocode/contracts';
import { bulkActions } from '../show-job/actions.js';
import { type Bulk, countTargets, isMemberSettled, STALLED_AFTER_MS, type Timestamp } from '@necrocode/domain';

/** @param lastEvidenceAt when its newest event was recorded @param now RFC 3339; only `stalled` depends on it */
export function presentBulk(bulk: Bulk, lastEvidenceAt: Timestamp, now: Timestamp): BulkResource {
  const { cancellationId, target, status, reason, requestedBy, requestedAt, endedAt, abortedBy, plan } = bulk;
  const { force, gracePeriodMs, signal, artifacts } = bulk.options;
  const self = `/api/cancellations/${cancellationId}`;
  return {
    cancellationId,
    kind: 'bulk',
    target: presentTarget(target),
    status,
    options: { force, gracePeriodMs, signal, artifacts },
    reason,
    requestedBy,
    requestedAt,
    endedAt,
    abortedBy,
    plan,
    targets: countTargets(bulk),
    lastEvidenceAt,
    stalled: isStalled(bulk, lastEvidenceAt, now),
    waitingFor: waitingFor(bulk),
    certificate: presentBulkCertificate(bulk),
    actions: bulkActions(bulk),
    links: { self, targets: `${self}/targets`, certificate: `${self}/certificate` },
  };
}

function isStalled({ chunks, toOpen }: Bulk, lastEvidenceAt: Timestamp, now: Timestamp): boolean {
  const underWay = toOpen.size > 0 || chunks.some(({ action, status }) => action === 'dequeue' && status === 'started');
  return underWay && Date.parse(now) - Date.parse(lastEvidenceAt) > STALLED_AFTER_MS;
}

function presentBulkCertificate({ certificate }: Bulk): BulkResource['certificate'] {
  return certificate && { ...certificate, target: presentTarget(certificate.target) };
}

export function presentTarget(target: Bulk['target']): BulkResource['target'] {
  if (target.kind !== 'selector') return target;
  const { states, labels, ...selector } = target.selector;
  return {
    kind: target.kind,
    selector: {
      ...selector,
      ...(labels === undefined ? {} : { labels: { ...labels } }),
      ...(states === undefined ? {} : { states: [...states] }),
    },
  };
}

function waitingFor(bulk: Bulk): string[] {
  const { chunks, toOpen, members, endings } = bulk;
  const inQueue = chunks
    .filter(({ action, status }) => action === 'dequeue' && (status === 'started' || bulk.abortedBy === null))
    .filter(({ status }) => status !== 'settled')
    .reduce((sum, { jobIds }) => sum + jobIds.length, 0);
  const unsettled = [...members.keys()].filter((jobId) => !isMemberSettled(endings.get(jobId)));
  return [
    ...(inQueue > 0 ? [`${inQueue} jobs to be taken out of their queues`] : []),
    ...(toOpen.size > 0 ? [`${toOpen.size} jobs that have begun to be cancelled one by one`] : []),
    ...(unsettled.length > 0 ? [`${unsettled.length} cancellations of single jobs to be proven`] : []),
  ];
}
