import type { AppendResult, CompanionStatement, EventStore, NewEvent, StreamAppend } from '@necrocode/event-store';
import type { FaultPoints, Moment } from './fault-points.js';

/** The same store when there are no fault points; else one whose appends can be held before and after they are committed. */
export function holdAppends<Store extends EventStore>(store: Store, points: FaultPoints | null): Store {
  if (points === null) return store;
  const append = async (
    streams: readonly StreamAppend[],
    companions?: readonly CompanionStatement[],
  ): Promise<AppendResult> => {
    const events = streams.flatMap((stream) => stream.events);
    await passAll(points, 'before', events);
    const result = await store.append(streams, companions);
    await passAll(points, 'after', events);
    return result;
  };
  return new Proxy(store, {
    get: (target, property) => {
      if (property === 'append') return append;
      const value: unknown = Reflect.get(target, property, target);
      // Its private fields are the target's own.
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

async function passAll(points: FaultPoints, when: Moment['when'], events: readonly NewEvent[]): Promise<void> {
  for (const event of events) await points.pass({ when, what: whatOf(event), about: event.metadata.correlationId });
}

function whatOf({ type, data }: NewEvent): string {
  const step = typeof data === 'object' && data !== null && 'step' in data ? data.step : undefined;
  return typeof step === 'string' ? `${type}:${step}` : type;
}
