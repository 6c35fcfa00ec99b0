import type { BulkEvent, CancellationEvent, CancellationId } from '@necrocode/domain';
import type { EventStore, StoredEvent } from '@necrocode/event-store';
import type { Tracing } from '@necrocode/service-kit';
import { keepsTrace, readTrace, recordedWithin, tell } from '@necrocode/trace';

/** The events that make spans due: outcomes, interim ones among them. */
export const OUTCOME_TYPES = [
  'CancellationCompleted',
  'CancellationLeftPartial',
  'CancellationLeftUnconfirmed',
  'CancellationUndone',
  'BulkConcluded',
] as const;

/**
 * Exports the spans an outcome made due, when it is stored: never on the way of a cancel. Spans are made from what was stored by
 * then, so an outcome heard of twice, or by another process after a crash, exports the same ones.
 */
export class ExportTrace {
  constructor(
    private readonly store: Pick<EventStore, 'readStream' | 'readStreams'>,
    private readonly tracing: Pick<Tracing, 'export'>,
  ) {}

  /** @throws when the collector has not taken them */
  async handle({ streamId, streamVersion }: Pick<StoredEvent, 'streamId' | 'streamVersion'>): Promise<void> {
    const stream = await this.store.readStream(streamId);
    const known = stream.slice(0, streamVersion);
    if (!keepsTrace(tell<CancellationEvent | BulkEvent>(known))) return;
    // Cast: the stream is named after the cancellation.
    const cancellationId = streamId.slice('cancellation-'.length) as CancellationId;
    const [before, outcome] = [undefined, ...known.filter(isOutcome)].slice(-2);
    if (!outcome) return;
    const spans = await readTrace(this.store, cancellationId, known);
    const due = recordedWithin(spans, before?.recordedAt ?? null, outcome.recordedAt);
    if (due.length > 0) await this.tracing.export(due);
  }
}

const outcomes: ReadonlySet<string> = new Set(OUTCOME_TYPES);

function isOutcome({ type }: StoredEvent): boolean {
  return outcomes.has(type);
}
