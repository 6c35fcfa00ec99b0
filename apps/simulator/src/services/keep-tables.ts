import {
  type CancellationEvent,
  type CancellationId,
  type CleanupEvent,
  type JobId,
  type RunnerEvent,
  runnerDecider,
  targetKey,
} from '@necrocode/domain';
import { parseStreamId } from '@necrocode/contracts';
import { type StoredEvent, toDomainEvent } from '@necrocode/event-store';
import type { HistoryStore } from '../store/history-store.js';
import type { World } from '../world/world.js';
import type { Tables } from './site.js';
import { foldStream } from './streams/fold-stream.js';

const FIRST_REDRIVE_MS = 1_000;

/** Changes the services' rows in the transaction of the append they belong to, as their companion statements do. */
export function keepTables(store: HistoryStore, tables: Tables, world: World): void {
  store.listen((events) => {
    for (const event of events) keep(event);
  });

  function keep(event: StoredEvent): void {
    const { aggregate, aggregateId } = parseStreamId(event.streamId);
    switch (aggregate) {
      case 'job':
        return keepJob(event.type, aggregateId as JobId);
      case 'cancellation':
        return keepCancellation(event, aggregateId as CancellationId);
      case 'cleanup':
        return keepCleanup(event, aggregateId);
      case 'runner':
        return keepRunner(event);
      default:
    }
  }

  function keepJob(type: string, jobId: JobId): void {
    if (type === 'JobSubmitted') tables.openJobs.add(jobId);
    if (type === 'JobCompleted' || type === 'JobFailed' || type === 'JobCancelled') tables.openJobs.delete(jobId);
  }

  function keepCancellation(stored: StoredEvent, id: CancellationId): void {
    switch (stored.type) {
      case 'CancellationRequested': {
        const event = toDomainEvent<Extract<CancellationEvent, { type: 'CancellationRequested' }>>(stored);
        tables.openTargets.set(targetKey(event.target), { jobId: event.target.jobId, cancellationId: id });
        const inMs = Math.min(FIRST_REDRIVE_MS, event.undoWindowMs ?? Infinity);
        if (!world.broken('forget-redrive'))
          tables.cancellationDrives.set(id, { dueAtMs: world.now + inMs, attempts: 0 });
        return;
      }
      case 'CancellationCompleted':
      case 'CancellationUndone':
        for (const [key, open] of tables.openTargets) if (open.cancellationId === id) tables.openTargets.delete(key);
        tables.cancellationDrives.delete(id);
        return;
      case 'BulkRequested':
        tables.bulkDrives.set(id, { dueAtMs: world.now + FIRST_REDRIVE_MS, attempts: 0 });
        return;
      case 'BulkConcluded': {
        const { certificate } = stored.data as { readonly certificate: { readonly outcome: string } }; // Our own event.
        if (certificate.outcome === 'completed' || certificate.outcome === 'aborted') tables.bulkDrives.delete(id);
        return;
      }
      default:
    }
  }

  function keepCleanup(stored: StoredEvent, id: string): void {
    const event = toDomainEvent<CleanupEvent>(stored);
    switch (event.type) {
      case 'CleanupRequested':
      case 'CleanupReopened':
        tables.cleanedJobs.delete(id);
        tables.cleanupDrives.set(id, { dueAtMs: world.now + FIRST_REDRIVE_MS, attempts: 0 });
        return;
      case 'CleanupFailed': {
        const inMs = Date.parse(event.retryAt) - Date.parse(event.at);
        tables.cleanupDrives.set(id, { dueAtMs: world.now + inMs, attempts: event.attempt });
        return;
      }
      case 'SlotProvenClean':
      case 'CleanupCompleted':
        tables.cleanupDrives.delete(id);
        tables.cleanedJobs.add(id);
        return;
      default:
        return event satisfies never;
    }
  }

  function keepRunner(stored: StoredEvent): void {
    const event = toDomainEvent<RunnerEvent>(stored);
    const state = foldStream(runnerDecider, store.stream(stored.streamId));
    if (state.status === 'unknown') return;
    const { runnerId } = state.runner;
    const row = tables.runners.get(runnerId);
    if (row && event.type !== 'RunnerRegistered') {
      row.status = state.status;
      return;
    }
    const { sessionId, status } = state;
    const times = { registeredAtMs: world.now, lastHeardMs: world.now };
    tables.runners.set(runnerId, { sessionId, status, ...times, executionIds: [], workspaces: [] });
  }
}
