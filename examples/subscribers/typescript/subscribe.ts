/**
 * Hears the events of cancellations, past and future, and prints each as a line of JSON. Stopped and started again it goes on where it was.
 *
 *   node --import ./tools/run-typescript.mjs examples/subscribers/typescript/subscribe.ts [name] [--past]
 *
 * `name` is that of its durable consumer; with `--past` it ends when it has heard everything there is.
 * NATS_URL is the subscriber's URL; default: that of the system started in this directory.
 */
import { readFileSync } from 'node:fs';
import { AckPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';

const [name = 'example-typescript'] = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const isPastOnly = process.argv.includes('--past');
const url = new URL(process.env['NATS_URL'] ?? readFileSync('.necrocode/subscriber-nats-url', 'utf8').trim());

const nats = await connect({ servers: url.host, user: url.username, pass: url.password, maxReconnectAttempts: -1 });
const manager = await jetstreamManager(nats);
// Made once, found again: the server keeps this consumer's place.
await manager.consumers.add('NECROCODE_EVENTS', {
  durable_name: name,
  ack_policy: AckPolicy.Explicit,
  max_ack_pending: 1, // One at a time: in order also when a message has to come again.
  filter_subject: process.env['EVENTS'] ?? 'necrocode.events.cancellation.>',
});
const consumer = await jetstream(nats).consumers.get('NECROCODE_EVENTS', name);

interface CloudEvent {
  readonly id: string;
  readonly type: string;
  readonly sequence: string;
  readonly data: unknown;
}

// At least once: an event may come again, and a place only grows. Keep it with what you make of the events.
let place = 0n;
process.once('SIGINT', () => void nats.drain());

while (!nats.isClosed() && !nats.isDraining()) {
  let heard = 0;
  for await (const message of await consumer.fetch({ max_messages: 100, expires: 2_000 })) {
    heard += 1;
    const event = message.json<CloudEvent>();
    if (BigInt(event.sequence) > place) {
      console.log(JSON.stringify(event));
      place = BigInt(event.sequence);
    }
    message.ack();
  }
  if (isPastOnly && heard === 0) break;
}
if (!nats.isClosed()) await nats.close();
