import { StoreClient } from '../store/store-client.js';
import type { Life } from '../world/life.js';
import type { Site } from './site.js';

const POLL_MS = 250;

/** Publishes what is committed, in the store's order. Two at once neither double nor reorder: each says what it follows on. */
export function startRelay(life: Life, { access, events, world }: Site): void {
  const store = new StoreClient(life, access);
  let isPublishing = false;
  const publish = async (): Promise<void> => {
    if (isPublishing || life.host.isCutOff) return;
    isPublishing = true;
    try {
      let follows = events.lastPosition;
      for (const event of await store.readAll(follows, 50)) {
        await life.pause(world.random.next());
        if (life.host.isCutOff) return;
        const expected = world.broken('relay-without-expected-sequence') ? null : follows;
        if (!events.publish(event, expected)) return world.reach('relay-refused');
        follows = event.position;
      }
    } finally {
      isPublishing = false;
    }
  };
  life.every(POLL_MS, publish, () => events.lastPosition < BigInt(access.store.events.length));
  access.store.listen(() => life.isAlive && life.after(world.random.next(), () => life.run(publish)));
}
