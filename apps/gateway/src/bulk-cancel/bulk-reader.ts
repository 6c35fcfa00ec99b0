import { Injectable } from '@nestjs/common';
import type { BulkResource } from '@necrocode/contracts';
import {
  type Bulk,
  bulkDecider,
  type BulkEvent,
  type BulkState,
  type CancellationId,
  Rejection,
} from '@necrocode/domain';
import { fold, type StoredEvent } from '@necrocode/event-store';
import { StreamReader } from '../streams/stream-reader.js';
import { presentBulk } from './present-bulk.js';

/** Bulk cancellations, folded from their streams. */
@Injectable()
export class BulkReader {
  constructor(private readonly streams: StreamReader) {}

  /** @throws {Rejection} `cancellation-not-found` */
  async show(cancellationId: CancellationId): Promise<BulkResource> {
    return this.present(cancellationId, await this.streams.cancellationEvents(cancellationId));
  }

  /**
   * @param events its stream
   * @throws {Rejection} `cancellation-not-found` when it is not that of a bulk
   */
  present(cancellationId: CancellationId, events: readonly StoredEvent[]): BulkResource {
    const { bulk, lastEvidenceAt } = known(cancellationId, events);
    return presentBulk(bulk, lastEvidenceAt, new Date().toISOString());
  }

  /** @throws {Rejection} `cancellation-not-found`, also when it is the cancellation of a single job */
  async load(cancellationId: CancellationId): Promise<{ readonly bulk: Bulk; readonly lastEvidenceAt: string }> {
    return known(cancellationId, await this.streams.cancellationEvents(cancellationId));
  }
}

function known(cancellationId: CancellationId, events: readonly StoredEvent[]) {
  const bulk = foldBulk(events);
  if (bulk.status === 'unknown') throw new Rejection('cancellation-not-found', { cancellationId });
  return { bulk, lastEvidenceAt: events.at(-1)?.recordedAt ?? bulk.requestedAt };
}

function foldBulk(events: readonly StoredEvent[]): BulkState {
  return fold<BulkState, BulkEvent>(bulkDecider.evolve, bulkDecider.initial, events);
}

/** Whether a cancellation's stream is that of a bulk. */
export function isBulk(events: readonly StoredEvent[]): boolean {
  return events[0]?.type === 'BulkRequested';
}
