import { setTimeout as delay } from 'node:timers/promises';
import type { NatsConnection } from '@nats-io/transport-node';
import { isAuthorization, MessagingRefused, MessagingUnavailable } from './errors.js';

const betweenAttemptsMs = 100;

/** Tries until connected or the time is up. The client's own `waitOnFirstConnect` would wait for ever and cannot be stopped. */
export async function dial(
  attempt: () => Promise<NatsConnection>,
  servers: readonly string[],
  withinMs: number,
): Promise<NatsConnection> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    try {
      return await attempt();
    } catch (cause) {
      if (isAuthorization(cause)) {
        throw new MessagingRefused(`NATS at ${servers.join(', ')} refuses these credentials`, { cause });
      }
      if (performance.now() + betweenAttemptsMs > deadline) {
        throw new MessagingUnavailable(
          `NATS at ${servers.join(', ')} could not be reached within ${withinMs} ms: is nats-server running there?`,
          { cause },
        );
      }
      await delay(betweenAttemptsMs);
    }
  }
}
