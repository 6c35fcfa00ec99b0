import { expect } from '@jest/globals';
import { streamNames } from '@necrocode/contracts';
import type { EventSink } from '@necrocode/event-store';
import type { MessagingConnection } from '../connect/connection.js';
import {
  consumeEvents,
  type ConsumeEventsOptions,
  type EventConsumer,
  type EventDelivery,
} from '../consume/consume-events.js';
import type { ConsumerNotice } from '../consume/notice.js';
import { jetStreamSink } from '../publish/jetstream-sink.js';
import { EventWorld, MemoryCheckpoint } from './event-world.js';
import { type NatsWorld, natsWorld } from './nats-world.js';
import { soon } from './soon.js';

export const durable = 'spec-purpose';

/** A nats-server, a store that relays to it, and what a consumer of that store makes of it. */
export class ConsumerStage {
  readonly world = new EventWorld();
  readonly checkpoint = new MemoryCheckpoint();
  readonly seen: EventDelivery[] = [];
  readonly notices: ConsumerNotice[] = [];
  readonly sink: EventSink;

  private constructor(
    readonly nats: NatsWorld,
    readonly connection: MessagingConnection,
  ) {
    this.sink = jetStreamSink(connection);
  }

  static async set(): Promise<ConsumerStage> {
    const nats = await natsWorld();
    return new ConsumerStage(nats, await nats.connect());
  }

  async strike(): Promise<void> {
    await this.nats[Symbol.asyncDispose]();
  }

  /** A consumer that notes what it is given; ended with the stage. */
  start(options: Partial<ConsumeEventsOptions> = {}): EventConsumer {
    const consumer = consumeEvents({
      connection: this.connection,
      durable,
      store: this.world.store,
      checkpoint: this.checkpoint,
      handle: (delivery) => {
        this.seen.push(delivery);
        return Promise.resolve();
      },
      observe: (notice) => this.notices.push(notice),
      ...options,
    });
    this.nats.defer(() => consumer.stop());
    return consumer;
  }

  /** Publishes what was appended. */
  relay(): Promise<void> {
    return this.world.relay(this.sink);
  }

  positions(): number[] {
    return this.seen.map(({ event }) => Number(event.position));
  }

  /** Everything appended is handled, the checkpoint says so, and nothing is left unsettled at the server. */
  async settled(last: number): Promise<void> {
    await soon(() => expect(new Set(this.positions())).toEqual(new Set(upTo(last))));
    await soon(() => expect(this.checkpoint.position).toBe(BigInt(last)));
    await soon(async () => {
      const info = await this.connection.manager.consumers.info(streamNames.events, durable);
      expect([info.num_ack_pending, info.num_pending]).toEqual([0, 0]);
    });
  }
}

export const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);
export const active = (consumer: EventConsumer): Promise<void> => soon(() => expect(consumer.isActive()).toBe(true));
