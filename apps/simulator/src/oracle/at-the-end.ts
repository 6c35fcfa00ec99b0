import { parseStreamId } from '@necrocode/contracts';
import { dispatchedJobDecider } from '@necrocode/domain';
import { canonicalJson, type StoredEvent, verifyStream } from '@necrocode/event-store';
import type { Estate } from '../run/build-site.js';
import type { Promised } from '../run/clients.js';
import { foldStream } from '../services/streams/fold-stream.js';
import type { Oracle } from './oracle.js';
import { Violation } from './violation.js';

/** What has not come true yet; empty: everything has converged. Invariant 3, and that nothing is left lying about. */
export function openEnds({ site, checkpoints }: Estate, oracle: Oracle, promised: Promised): readonly string[] {
  const { tables, access, events, reports } = site;
  const open: string[] = [];
  for (const id of [...promised.accepted, ...oracle.cancellations.states.keys()]) {
    const status = oracle.cancellations.states.get(id)?.status ?? 'unknown';
    if (status !== 'completed' && status !== 'undone') open.push(`${id} is ${status}`);
  }
  for (const id of promised.bulks) {
    if (tables.bulkDrives.has(id) || access.store.stream(`cancellation-${id}`).length === 0)
      open.push(`bulk ${id} is not over`);
  }
  for (const jobId of promised.submitted) {
    const status = oracle.jobs.jobs.get(jobId)?.job.status ?? 'unknown';
    if (!['completed', 'failed', 'cancelled'].includes(status)) open.push(`${jobId} is ${status}`);
  }
  for (const { slotId, use } of oracle.pool.slots.values())
    if (use.status !== 'free') open.push(`${slotId} is ${use.status}`);
  for (const { machine } of site.agents.values()) {
    for (const { pid, owner } of machine.processes.values())
      if (owner) open.push(`pid ${pid} of ${owner.executionId} is alive`);
    for (const [jobId, files] of machine.workspaces) if (files > 0) open.push(`${files} files of ${jobId} are left`);
  }
  for (const [name, rows] of Object.entries({
    openTargets: tables.openTargets,
    cancellationDrives: tables.cancellationDrives,
    cleanupDrives: tables.cleanupDrives,
    inFlight: tables.inFlight,
  })) {
    for (const key of rows.keys()) open.push(`${name} still has ${key}`);
  }
  const last = BigInt(access.store.events.length);
  if (events.lastPosition !== last) open.push(`JetStream is at ${events.lastPosition} of ${last}`);
  for (const [name, { floor }] of checkpoints) if (floor !== last) open.push(`${name} is at ${floor} of ${last}`);
  if (reports.done.size !== reports.log.length) open.push('reports wait');
  return open;
}

/** Invariant 5: chains verify, what is read back is what was appended, and a replay gives the same state. */
export async function checkReplay({ site }: Pick<Estate, 'site'>, oracle: Oracle): Promise<void> {
  const { store } = site.access;
  for (const streamId of store.streamIds) {
    const stored = await store.replay(streamId);
    const verdict = verifyStream(stored);
    if (!verdict.intact) throw new Violation('5', `the chain of ${streamId} breaks at ${verdict.fault.streamVersion}`);
    if (hashesOf(stored) !== hashesOf(store.stream(streamId)))
      throw new Violation('5', `${streamId} reads differently than it was appended`);
    const { aggregate, aggregateId } = parseStreamId(streamId);
    if (aggregate !== 'job') continue;
    const live = [...oracle.jobs.jobs].find(([id]) => id === aggregateId)?.[1].job;
    const replayed = foldStream(dispatchedJobDecider, stored).job;
    if (canonicalJson(replayed) !== canonicalJson(live))
      throw new Violation('5', `${streamId} replayed is another job`);
  }
  const order = store.events.map(({ position }) => position);
  if (order.some((position, index) => position !== BigInt(index + 1))) throw new Violation('5', 'positions have a gap');
}

/** Of two runs of one history: invariant 6. */
export function fingerprintOf({ site }: Pick<Estate, 'site'>): string {
  return hashesOf(site.access.store.events);
}

function hashesOf(events: readonly StoredEvent[]): string {
  return events.map(({ hash }) => hash).join();
}
