import type { CancellationReason, CertificateProof } from '../cancellation/cancellation.js';
import type { Timestamp } from '../ids.js';
import type { Bulk, BulkPlan } from './bulk-cancellation.js';
import type { BulkTarget } from './target.js';
import { countTargets, type TargetCounts } from './target-outcome.js';

/** The proof of a bulk cancellation: what became of each of its targets. What had begun has a certificate of its own. */
export interface BulkCertificate {
  readonly cancellationId: string;
  readonly outcome: 'completed' | 'partial' | 'unconfirmed' | 'aborted';
  readonly target: BulkTarget;
  readonly requestedBy: string;
  readonly reason: CancellationReason;
  readonly requestedAt: Timestamp;
  readonly acknowledgedAfterMs: number;
  readonly completedAfterMs: number;
  readonly plan: BulkPlan;
  readonly targets: TargetCounts;
  /** Of the targets that had begun. */
  readonly executions: { readonly ended: number; readonly forced: number };
  readonly traceId: string | null;
  readonly streamHash: string;
}

export function drawUpBulkCertificate(
  bulk: Bulk,
  outcome: BulkCertificate['outcome'],
  { acknowledgedAt, traceId, streamHash }: CertificateProof,
  at: Timestamp,
): BulkCertificate {
  const since = (time: Timestamp): number => Math.max(0, Date.parse(time) - Date.parse(bulk.requestedAt));
  const endings = [...bulk.endings.values()];
  return {
    cancellationId: bulk.cancellationId,
    outcome,
    target: bulk.target,
    requestedBy: bulk.requestedBy,
    reason: bulk.reason,
    requestedAt: bulk.requestedAt,
    acknowledgedAfterMs: since(acknowledgedAt),
    completedAfterMs: since(at),
    plan: bulk.plan,
    targets: countTargets(bulk),
    executions: {
      ended: endings.reduce((sum, { executions }) => sum + executions, 0),
      forced: endings.reduce((sum, { forced }) => sum + forced, 0),
    },
    traceId,
    streamHash,
  };
}
