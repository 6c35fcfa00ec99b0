import { randomUUID } from 'node:crypto';
import {
  type EventSink,
  type EventStore,
  InMemoryEventStore,
  type Position,
  type PositionedEvent,
  SinkMoved,
  type SinkTail,
} from '@necrocode/event-store';
import type { Checkpoint } from '../consume/checkpoint.js';

/** An event store with a relay that is run by hand, and jobs to append to. */
export class EventWorld {
  readonly store = new InMemoryEventStore();
  readonly #versions = new Map<string, number>();
  readonly #tails = new Map<EventSink, SinkTail>();

  /** Appends one event to the job's stream; `data.n` counts within the job. */
  append(jobId: string, ...ns: readonly unknown[]): Promise<void> {
    return this.appendTyped('TaskStarted', jobId, ...ns);
  }

  async appendTyped(type: string, jobId: string, ...ns: readonly unknown[]): Promise<void> {
    const streamId = `job-${jobId}`;
    const version = this.#versions.get(streamId) ?? 0;
    const events = (ns.length === 0 ? [version + 1] : ns).map((n) => ({
      id: randomUUID(),
      type,
      schemaVersion: 1,
      data: { n },
      metadata: {
        actor: 'service:spec',
        correlationId: jobId,
        traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      },
    }));
    await this.store.append([{ streamId, expectedVersion: version, events }]);
    this.#versions.set(streamId, version + events.length);
  }

  /** Publishes what the sink lacks, as a relay would: from the sink's own tail, again after it has moved. */
  async relay(sink: EventSink): Promise<void> {
    for (let tries = 0; ; tries += 1) {
      try {
        let tail = this.#tails.get(sink) ?? (await sink.tail());
        for (;;) {
          const events = await this.store.readAll(tail.position, 1_000);
          if (events.length === 0) return;
          tail = await sink.publish(tail, events);
          this.#tails.set(sink, tail);
        }
      } catch (error) {
        this.#tails.delete(sink);
        if (!(error instanceof SinkMoved) || tries > 10) throw error;
      }
    }
  }
}

/** The store as it is read after what is `gone` was archived. */
export function withoutArchived(
  store: EventStore,
  gone: (event: PositionedEvent) => boolean,
): Pick<EventStore, 'readAll' | 'lastPosition'> {
  return {
    lastPosition: () => store.lastPosition(),
    readAll: async (after, limit) => (await store.readAll(after, limit)).filter((event) => !gone(event)),
  };
}

/** A checkpoint that never goes back, kept in memory and shared by "replicas". */
export class MemoryCheckpoint implements Checkpoint {
  position: Position = 0n;
  saves = 0;

  load(): Promise<Position> {
    return Promise.resolve(this.position);
  }

  save(position: Position): Promise<void> {
    this.saves += 1;
    if (position > this.position) this.position = position;
    return Promise.resolve();
  }
}
