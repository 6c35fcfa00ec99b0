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
    return this.present(cancellationId, await this.streams.cancellationEvents(cancellationId));
  }

  /**
   * @param events its stream
   * @throws {Rejection} `cancellation-not-found` when there are none
   */
  async present(cancellationId: CancellationId, events: readonly StoredEvent[]): Promise<CancellationResource> {
    const cancellation = cancellationOf(cancellationId, events);
    // Of one whose end is recorded all that is shown is in the record.
    const open = (cancellation.plan?.executions ?? [])
      .map(({ execution }) => execution.executionId)
      .filter((id) => !cancellation.terminations.has(id));
    const executions = await this.streams.executions(open);
    return presentCancellation({ cancellation, version: events.length, executions }, new Date().toISOString());
  }
}

/** @throws {Rejection} `cancellation-not-found` when there are none */
export function cancellationOf(cancellationId: CancellationId, events: readonly StoredEvent[]): Cancellation {
  const cancellation = foldCancellation(events);
  if (cancellation.status === 'unknown') throw new Rejection('cancellation-not-found', { cancellationId });
  return cancellation;
}
