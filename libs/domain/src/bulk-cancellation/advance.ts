import type { CertificateProof } from '../cancellation/cancellation.js';
import type { Timestamp } from '../ids.js';
import { type Bulk, type BulkEvent, CHUNKS_AT_ONCE } from './bulk-cancellation.js';
import { type BulkCertificate, drawUpBulkCertificate } from './certificate.js';
import { countTargets } from './target-outcome.js';

/** What the state itself now allows: the next chunks, or the outcome with its certificate. */
export function advanceBulk(bulk: Bulk, proof: CertificateProof, at: Timestamp): readonly BulkEvent[] {
  const next = nextChunks(bulk);
  if (next.length > 0) return next.map((chunk) => ({ type: 'BulkChunkStarted', chunk, at }));
  const outcome = outcomeOf(bulk);
  if (outcome === null || outcome === bulk.status) return [];
  return [{ type: 'BulkConcluded', certificate: drawUpBulkCertificate(bulk, outcome, proof, at), at }];
}

/**
 * What waits is dequeued first, some chunks at a time; only then is what runs stopped: a place that a death makes free must not
 * be taken by the next target.
 */
export function nextChunks({ chunks, abortedBy }: Pick<Bulk, 'chunks' | 'abortedBy'>): readonly number[] {
  if (abortedBy !== null) return [];
  const indexes = [...chunks.keys()];
  const waiting = indexes.filter((index) => chunks[index]?.status === 'waiting');
  const underWay = chunks.filter(({ status }) => status === 'started').length;
  const toDequeue = waiting.filter((index) => chunks[index]?.action === 'dequeue');
  if (toDequeue.length > 0) return toDequeue.slice(0, Math.max(0, CHUNKS_AT_ONCE - underWay));
  return underWay > 0 ? [] : waiting;
}

/** Null: targets are still to be settled. */
function outcomeOf(bulk: Bulk): BulkCertificate['outcome'] | null {
  const { pending, unconfirmed, partial } = countTargets(bulk);
  if (pending > 0) return null;
  if (unconfirmed > 0) return 'unconfirmed';
  if (partial > 0) return 'partial';
  return bulk.abortedBy === null ? 'completed' : 'aborted';
}
