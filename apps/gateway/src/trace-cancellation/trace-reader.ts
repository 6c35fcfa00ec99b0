import { Inject, Injectable } from '@nestjs/common';
import { streamIdOf } from '@necrocode/contracts';
import { type CancellationId, Rejection } from '@necrocode/domain';
import type { EventStore, StoredEvent } from '@necrocode/event-store';
import { EVENT_STORE } from '@necrocode/service-kit';
import { openedBy, readTrace, type Span } from '@necrocode/trace';

/** Members of a bulk whose streams are read at once. */
const MEMBERS_AT_ONCE = 200;

/** Traces, rebuilt from the streams. */
@Injectable()
export class TraceReader {
  constructor(@Inject(EVENT_STORE) private readonly store: EventStore) {}

  /** Every span that has ended; of a bulk also those of the cancellations it opened. @throws {Rejection} `cancellation-not-found` */
  async read(cancellationId: CancellationId): Promise<readonly Span[]> {
    const events = await this.store.readStream(streamIdOf('cancellation', cancellationId));
    if (events.length === 0) throw new Rejection('cancellation-not-found', { cancellationId });
    const own = await readTrace(this.store, cancellationId, events);
    return events[0]?.type === 'BulkRequested' ? [...own, ...(await this.#membersOf(events))] : own;
  }

  async #membersOf(bulk: readonly StoredEvent[]): Promise<readonly Span[]> {
    const spans: Span[] = [];
    const members = openedBy(bulk);
    for (let start = 0; start < members.length; start += MEMBERS_AT_ONCE) {
      const ids = members.slice(start, start + MEMBERS_AT_ONCE);
      const streams = await this.store.readStreams(ids.map((id) => streamIdOf('cancellation', id)));
      const traces = ids.map((id) => readTrace(this.store, id, streams.get(streamIdOf('cancellation', id)) ?? []));
      spans.push(...(await Promise.all(traces)).flat());
    }
    return spans;
  }
}
