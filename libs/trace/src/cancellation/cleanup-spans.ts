import type { CleanupEvent, CleanupOrder } from '@necrocode/domain';
import { conventional, own } from '../attributes.js';
import { spanIdOf } from '../context/span-id.js';
import { span } from '../ended-span.js';
import { type RootContext, partContextOf } from '../root-context.js';
import type { Attributes, Span, SpanNote } from '../span.js';
import type { Told } from '../told.js';
import type { TraceSources } from '../trace-sources.js';

type Requested = Extract<CleanupEvent, { type: 'CleanupRequested' }>;
type Completed = Extract<CleanupEvent, { type: 'CleanupCompleted' }>;

/** The artifact-cleaner's work, with what it had to try again: each slot proven clean, and the files by policy. */
export function cleanupSpans({ cleanups }: TraceSources, context: RootContext): readonly Span[] {
  return cleanups.flatMap((stream) => {
    const start = stream.find(isRequested);
    const end = stream.find(isCompleted);
    if (!start || !end) return [];
    const { order } = start.event;
    const slot = order.kind === 'slot';
    return span({
      traceId: context.root.traceId,
      spanId: spanIdOf(start.id),
      parentSpanId: partContextOf(context, slot ? 'release' : 'clean').spanId,
      name: slot ? 'clean slot' : 'clean files',
      service: 'artifact-cleaner',
      startedAt: start.event.at,
      endedAt: end.event.at,
      recordedAt: end.recordedAt,
      attributes: { ...attributesOf(order), ...reported(end.event) },
      notes: stream.slice(0, stream.indexOf(end)).flatMap(noteOf),
    });
  });
}

function isRequested(told: Told<CleanupEvent>): told is Told<Requested> {
  return told.event.type === 'CleanupRequested';
}

function isCompleted(told: Told<CleanupEvent>): told is Told<Completed> {
  return told.event.type === 'CleanupCompleted';
}

function attributesOf(order: CleanupOrder): Attributes {
  if (order.kind !== 'slot') return order.runnerId === null ? {} : { [own.runnerId]: order.runnerId };
  return { [own.runnerId]: order.runnerId, [own.slot]: order.slotId, [own.executionId]: order.executionId };
}

function reported({ kind, report }: Completed): Attributes {
  if (kind === 'slot') return {};
  const { artifacts, filesRemoved, bytesFreed } = report;
  return { [own.artifacts]: artifacts.length, [own.filesRemoved]: filesRemoved, [own.bytesFreed]: bytesFreed };
}

function noteOf({ event }: Told<CleanupEvent>): readonly SpanNote[] {
  if (event.type !== 'CleanupFailed') return [];
  const { code, message } = event.error;
  const attributes = { [conventional.exceptionType]: code, [conventional.exceptionMessage]: message };
  return [{ name: 'exception', at: event.at, attributes }];
}
