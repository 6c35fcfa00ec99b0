import { Injectable } from '@nestjs/common';
import type { CancellationResource } from '@necrocode/contracts';
import { type Cancellation, type CancellationId, Rejection } from '@necrocode/domain';
import type { StoredEvent } from '@necrocode/event-store';
import { foldCancellation, StreamReader } from '../streams/stream-reader.js';
import { presentCancellation } from './present-cancellation.js';

/** Cancellations, folded from their streams. */
@Injectable()
export class CancellationReader {
  constructor(private readonly streams: StreamReader) {}

  /** @throws {Rejection} `cancellation-not-found` */
  async show(cancellationId: CancellationId): Promise<CancellationResource> {
    const { cancellation, events } = await this.load(cancellationId);
    const ids = (cancellation.plan?.executions ?? []).map(({ execution }) => execution.executionId);
    const executions = await this.streams.executions(ids);
    const facts = { cancellation, version: events.length, executions };
    return presentCancellation(facts, new Date().toISOString());
  }

  /** @throws {Rejection} `cancellation-not-found` */
  async load(
    cancellationId: CancellationId,
  ): Promise<{ readonly cancellation: Cancellation; readonly events: readonly StoredEvent[] }> {
    const events = await this.streams.cancellationEvents(cancellationId);
    const cancellation = foldCancellation(events);
    if (cancellation.status === 'unknown') throw new Rejection('cancellation-not-found', { cancellationId });
    return { cancellation, events };
  }
}
