import type { PositionedEvent } from '@necrocode/event-store';
import { StoreClient } from '../store/store-client.js';
import type { Life } from '../world/life.js';
import type { Site } from './site.js';

const RETRY_MS = 150;

/** Up to where a consumer has done with everything, as it is stored: what it has done with beyond, it does again after a crash. */
export interface Checkpoint {
  floor: bigint;
}

/**
 * Brings a service every event: in order within a story (its correlation id) or by another key, at least once, again after a crash. What is
 * missing in JetStream is noticed by its position and read from the store.
 */
export function consume(
  life: Life,
  { access, events, world }: Site,
  checkpoint: Checkpoint,
  /** Types that are reacted to; the others are done with as they come. */
  heard: ReadonlySet<string>,
  handle: (event: PositionedEvent) => Promise<void>,
  /** Whose events come in order. */
  keyOf: (event: PositionedEvent) => string = ({ metadata }) => metadata.correlationId,
): void {
  const store = new StoreClient(life, access);
  const chains = new Map<string, Promise<void>>();
  const above = new Set<bigint>();
  let cursor = checkpoint.floor;
  let isPulling = false;

  const done = ({ position }: PositionedEvent): void => {
    if (position <= checkpoint.floor) return;
    above.add(position);
    while (life.isAlive && above.delete(checkpoint.floor + 1n)) checkpoint.floor += 1n;
  };

  const attempt = async (event: PositionedEvent): Promise<void> => {
    for (;;) {
      await life.effect();
      if (world.broken('ack-before-append')) done(event);
      try {
        await handle(event);
        break;
      } catch {
        world.reach('redelivery');
        await life.pause(RETRY_MS);
      }
    }
    if (!world.isCalm && world.random.chance(0.03)) {
      world.reach('duplicate-delivery');
      await handle(event).catch(() => undefined);
    }
    await life.effect();
    done(event);
  };

  const deliver = (event: PositionedEvent): void => {
    cursor = event.position;
    if (!heard.has(event.type)) return done(event);
    const key = keyOf(event);
    const before = chains.get(key) ?? Promise.resolve();
    const next = before.then(() => attempt(event));
    chains.set(key, next);
    life.run(() => next);
  };

  const pull = async (): Promise<void> => {
    if (isPulling || life.host.isCutOff) return;
    isPulling = true;
    try {
      for (const event of events.log.filter(({ position }) => position > cursor)) {
        if (event.position > cursor + 1n && !world.broken('ignore-gap')) {
          world.reach('gap-healed');
          const missing = await store.readAll(cursor, Number(event.position - cursor - 1n));
          for (const lost of missing) deliver(lost);
        }
        if (event.position > cursor) deliver(event);
      }
    } finally {
      isPulling = false;
    }
  };

  const wake = (): void => life.after(world.random.next() * 2, () => life.run(pull));
  const unsubscribe = events.subscribe(() => (life.isAlive ? wake() : unsubscribe()));
  life.every(400, pull, () => events.lastPosition > cursor);
}
