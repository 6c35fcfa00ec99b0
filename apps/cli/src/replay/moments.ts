import type { BulkResource, CancellationResource, RecordedEvent, ReplayFrame } from '@necrocode/contracts';

/** An event to be shown, with the state of the cancellation that is known then. */
export interface Moment {
  readonly event: RecordedEvent;
  /** Since the first event, ms. */
  readonly afterMs: number;
  /** Of the newest frame at that time. */
  readonly at: number;
  readonly cancellation: CancellationResource | BulkResource;
}

/** Every event of a replay in the order it happened: what other streams recorded comes before the frame it led to. */
export function momentsOf(frames: readonly ReplayFrame[]): readonly Moment[] {
  const [first] = frames;
  if (!first) return [];
  const start = Date.parse(first.event.recordedAt);
  return frames.flatMap(({ at, event, meanwhile, cancellation }, index) => {
    const moment = (each: RecordedEvent, state: ReplayFrame): Moment => ({
      event: each,
      afterMs: Math.max(0, Date.parse(each.recordedAt) - start),
      at: state.at,
      cancellation: state.cancellation,
    });
    const before = frames[index - 1] ?? first;
    return [...meanwhile.map((each) => moment(each, before)), moment(event, { at, event, meanwhile, cancellation })];
  });
}
