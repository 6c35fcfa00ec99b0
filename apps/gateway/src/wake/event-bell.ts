import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { streamSubjects } from '@necrocode/contracts';
import type { MessagingConnection } from '@necrocode/messaging';
import { MESSAGING } from '@necrocode/service-kit';
import { Bell, type Listener } from './bell.js';

/** Rung for every event at all. */
const ANY = '*';

/**
 * Rings when the relay publishes an event. A plain subscription to what JetStream captures: no consumer to provision, and
 * a message that is missed costs a listener only its own next look.
 */
@Injectable()
export class EventBell implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #bell = new Bell();
  #unsubscribe: () => void = () => undefined;

  constructor(@Inject(MESSAGING) private readonly messaging: MessagingConnection) {}

  onApplicationBootstrap(): void {
    const subscription = this.messaging.nats.subscribe(streamSubjects.events, {
      callback: (error, { subject }) => {
        if (error === null) this.#bell.ring([ANY, streamIdIn(subject)]);
      },
    });
    this.#unsubscribe = () => subscription.unsubscribe();
  }

  onModuleDestroy(): void {
    if (!this.messaging.nats.isClosed()) this.#unsubscribe();
  }

  listenToAll(): Listener {
    return this.#bell.listen(ANY);
  }

  listenTo(streamId: string): Listener {
    return this.#bell.listen(streamId);
  }
}

/** `necrocode.events.<aggregate>.<id>.<event>` */
function streamIdIn(subject: string): string {
  const [, , aggregate = '', aggregateId = ''] = subject.split('.');
  return `${aggregate}-${decodeURIComponent(aggregateId)}`;
}
