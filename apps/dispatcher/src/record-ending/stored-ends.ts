import { streamIdOf } from '@necrocode/contracts';
import type { ExecutionId } from '@necrocode/domain';
import type { EventStore } from '@necrocode/event-store';
import { type HeardEnding, heardEnding } from './heard-ending.js';

/** How executions ended, as it is stored, whether or not the events have come round; in the order of each stream. */
export async function storedEnds(
  store: Pick<EventStore, 'readStreams'>,
  executionIds: readonly ExecutionId[],
): Promise<readonly HeardEnding[]> {
  if (executionIds.length === 0) return [];
  const streams = await store.readStreams(executionIds.map((id) => streamIdOf('execution', id)));
  return [...streams.values()].flat().flatMap((event) => heardEnding(event) ?? []);
}
