import { parseStreamId, streamIdOf } from '@necrocode/contracts';
import {
  bulkDecider,
  cancellationDecider,
  cleanupDecider,
  executionDecider,
  isOver,
  jobDecider,
  namedIn,
  type StoryPart,
} from '@necrocode/domain';
import type { PositionedEvent } from '@necrocode/event-store';
import { isBulk } from '../bulk-cancel/bulk-reader.js';
import { foldOf } from '../streams/stream-reader.js';

/** The streams of a job, its executions, cancellations and cleanups; or of a bulk alone. Each whole, in order. */
export type Story = ReadonlyMap<string, readonly PositionedEvent[]>;

/** Why a story stays in the store, as `<stream>: <reason>`; null when it may be archived. */
export function whatKeeps(story: Story, before: Date): string | null {
  for (const [streamId, events] of story) {
    const part = partOf(streamId, events);
    if (part === null) return `${streamId}: it is no part of the story of a job or a bulk`;
    if (!isOver(part)) return `${streamId}: it is not over`;
    const last = events.at(-1);
    if (!last || Date.parse(last.recordedAt) >= before.getTime()) return `${streamId}: it is not old enough`;
  }
  return null;
}

/** The streams that the jobs among these events name: those of them that exist belong to the same story. */
export function namedStreams(story: Story): readonly string[] {
  return [...story].flatMap(([streamId, events]) =>
    parseStreamId(streamId).aggregate === 'job' ? namedIn(foldOf(jobDecider, events)).map(streamOf) : [],
  );
}

/** By story: streams that began for the same job, or for the same bulk. @param events whole streams, in order */
export function storiesIn(events: readonly PositionedEvent[]): readonly Story[] {
  const streams = groupBy(events, ({ streamId }) => streamId);
  const stories = groupBy([...streams], ([, [first]]) => first?.metadata.correlationId);
  return [...stories.values()].map((entries) => new Map(entries));
}

function groupBy<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): ReadonlyMap<Key, readonly Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

function partOf(streamId: string, events: readonly PositionedEvent[]): StoryPart | null {
  const { aggregate } = parseStreamId(streamId);
  switch (aggregate) {
    case 'job':
      return { kind: 'job', state: foldOf(jobDecider, events) };
    case 'execution':
      return { kind: 'execution', state: foldOf(executionDecider, events) };
    case 'cleanup':
      return { kind: 'cleanup', state: foldOf(cleanupDecider, events) };
    case 'cancellation':
      return isBulk(events)
        ? { kind: 'bulk', state: foldOf(bulkDecider, events) }
        : { kind: 'cancellation', state: foldOf(cancellationDecider, events) };
    case 'runner':
    case 'slot-pool':
    case 'queue':
      return null;
    default:
      return aggregate satisfies never;
  }
}

function streamOf(id: string): string {
  return streamIdOf(id.startsWith('can_') ? 'cancellation' : 'execution', id);
}
