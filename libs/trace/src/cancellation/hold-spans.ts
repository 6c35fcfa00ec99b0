import type { CancellationEvent } from '@necrocode/domain';
import { own } from '../attributes.js';
import { span } from '../ended-span.js';
import { partContextOf, type RootContext } from '../root-context.js';
import type { Span, SpanNote } from '../span.js';
import type { Told } from '../told.js';

/** The undo window, from the request until the steps began or everything went on. */
export function holdSpans(events: readonly Told<CancellationEvent>[], context: RootContext): readonly Span[] {
  const first = events[0];
  const index = events.findIndex(
    ({ event }) => event.type === 'UndoWindowClosed' || event.type === 'CancellationUndone',
  );
  const end = events[index];
  if (!first || !end) return [];
  const notes = events.slice(0, index + 1).flatMap(({ event }) => noteOf(event));
  const attributes = { [own.undone]: end.event.type === 'CancellationUndone' };
  return [
    span({
      traceId: context.root.traceId,
      spanId: partContextOf(context, 'hold').spanId,
      parentSpanId: context.root.spanId,
      name: 'hold',
      startedAt: first.event.at,
      endedAt: end.event.at,
      recordedAt: end.recordedAt,
      attributes,
      notes,
    }),
  ];
}

function noteOf(event: CancellationEvent): readonly SpanNote[] {
  const { at } = event;
  switch (event.type) {
    case 'TasksHeld':
      return [{ name: 'parked', at, attributes: { [own.tasks]: event.taskIds.length } }];
    case 'ExecutionsFrozen':
      return [{ name: 'frozen', at, attributes: { [own.executions]: event.executionIds.length } }];
    case 'ExecutionsThawed':
      return [{ name: 'thawed', at, attributes: { [own.executions]: event.executionIds.length } }];
    case 'TasksReleased':
      return [{ name: 'unparked', at, attributes: {} }];
    default:
      return [];
  }
}
