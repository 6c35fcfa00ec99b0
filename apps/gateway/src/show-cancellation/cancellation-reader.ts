import { Injectable } from '@nestjs/common';
import type { CancellationResource } from '@necrocode/contracts';
import { type Cancellation, type CancellationId, type ExecutionId, Rejection } from '@necrocode/domain';
import type { StoredEvent } from '@necrocode/event-store';
import { LRUCache } from 'lru-cache';
import type { ExecutionStates } from '../show-job/present-task.js';
import { foldCancellation, StreamReader } from '../streams/stream-reader.js';
import { presentCancellation } from './present-cancellation.js';

/** What one look at a cancellation brings. */
export interface CancellationLook {
  /** Its stream; empty when there is none. */
  readonly events: readonly StoredEvent[];
  /** Of some of its executions: those that it showed last. */
  readonly executions: ExecutionStates;
}

/** Of so many cancellations the executions that were shown last are remembered. */
const REMEMBERED = 500;

/** Cancellations, folded from their streams. */
@Injectable()
export class CancellationReader {
  readonly #open = new LRUCache<CancellationId, readonly ExecutionId[]>({ max: REMEMBERED });

  constructor(private readonly streams: StreamReader) {}

  /** @throws {Rejection} `cancellation-not-found` */
  async show(cancellationId: CancellationId): Promise<CancellationResource> {
    return this.present(cancellationId, await this.look(cancellationId));
  }

  /** Executions that were open when it was last asked for most likely still are: so the next time one statement is enough. */
  async look(cancellationId: CancellationId): Promise<CancellationLook> {
    const [events, executions] = await Promise.all([
      this.streams.cancellationEvents(cancellationId),
      this.streams.executions(this.#open.get(cancellationId) ?? []),
    ]);
    return { events, executions };
  }

  /** @throws {Rejection} `cancellation-not-found` when there are no events */
  async present(
    cancellationId: CancellationId,
    { events, executions }: CancellationLook,
  ): Promise<CancellationResource> {
    const cancellation = cancellationOf(cancellationId, events);
    // Of one whose end is recorded all that is shown is in the record.
    const open = (cancellation.plan?.executions ?? [])
      .map(({ execution }) => execution.executionId)
      .filter((id) => !cancellation.terminations.has(id));
    this.#open.set(cancellationId, open);
    const unread = await this.streams.executions(open.filter((id) => !executions.has(id)));
    const facts = { cancellation, version: events.length, executions: new Map([...executions, ...unread]) };
    return presentCancellation(facts, new Date().toISOString());
  }
}

/** @throws {Rejection} `cancellation-not-found` when there are none */
export function cancellationOf(cancellationId: CancellationId, events: readonly StoredEvent[]): Cancellation {
  const cancellation = foldCancellation(events);
  if (cancellation.status === 'unknown') throw new Rejection('cancellation-not-found', { cancellationId });
  return cancellation;
}
