import type { ConsumerMessages, JsMsg } from '@nats-io/jetstream';
import type { MessagingConnection } from '../connect/connection.js';
import { type ConsumerSpec, provisionConsumer } from '../provision/provision-consumer.js';
import { provisionStreams } from '../provision/provision-streams.js';
import { backoffMs, recoveryBackoff } from '../timing/backoff.js';
import { pause } from '../timing/pause.js';
import { raceAbort } from '../timing/race-abort.js';

export interface Pull {
  readonly connection: MessagingConnection;
  readonly spec: ConsumerSpec;
  /** Messages fetched ahead of the one being taken in. */
  readonly prefetch: number;
  /** Takes in one message; the next follows when it resolves. Must not throw. */
  readonly take: (message: JsMsg) => Promise<void>;
  readonly onFault: (error: unknown) => void;
}

/**
 * Takes in the messages of a durable consumer until stopped. Stream and consumer are created whenever they are missing, and every sign of
 * trouble (deleted, no heartbeat, no leader) ends in starting over: the client's own recovery can wait as long as a pull, 30 s.
 */
export async function pullMessages(pull: Pull, stop: AbortSignal): Promise<void> {
  let failures = 0;
  for (let fresh = true; !stop.aborted; fresh = false) {
    try {
      await raceAbort(ready(pull, fresh), stop);
      failures = 0;
      await takeAll(pull, stop);
      await pause(backoffMs(recoveryBackoff, 1), stop);
    } catch (error) {
      if (stop.aborted) return;
      failures += 1;
      pull.onFault(error);
      await pause(backoffMs(recoveryBackoff, failures), stop);
    }
  }
}

async function ready({ connection: { manager, nats, streams }, spec }: Pull, fresh: boolean): Promise<void> {
  await provisionStreams(
    manager,
    streams.filter(({ name }) => name === spec.stream),
  );
  const { num_ack_pending: unsettled } = await provisionConsumer(manager, spec);
  // What a predecessor was working on when it died comes again now, not after the ack wait. Servers before 2.14 (API level 4) cannot.
  if (fresh && unsettled > 0 && (nats.info?.api_lvl ?? 0) >= 4)
    await manager.consumers.reset(spec.stream, spec.durable);
}

async function takeAll({ connection, spec, prefetch, take }: Pull, stop: AbortSignal): Promise<void> {
  const consumer = await raceAbort(connection.jetstream.consumers.get(spec.stream, spec.durable), stop);
  const messages = await consumer.consume({
    max_messages: prefetch,
    expires: 30_000,
    idle_heartbeat: 1_000,
    abort_on_missing_resource: true,
  });
  const onStop = (): void => messages.stop();
  stop.addEventListener('abort', onStop, { once: true });
  const watching = stopOnTrouble(messages);
  try {
    if (stop.aborted) messages.stop();
    // Stopping is itself an entry of the client's queue: leaving the loop early would leave its status iterator open for ever.
    for await (const message of messages) {
      if (!stop.aborted) await take(message);
    }
  } finally {
    stop.removeEventListener('abort', onStop);
    messages.stop();
    await watching;
  }
}

async function stopOnTrouble(messages: ConsumerMessages): Promise<void> {
  for await (const { type } of messages.status()) {
    switch (type) {
      case 'heartbeats_missed':
      case 'consumer_deleted':
      case 'consumer_not_found':
      case 'stream_not_found':
      case 'no_responders':
        messages.stop();
        break;
      default:
    }
  }
}
