import { DeliverPolicy } from '@nats-io/jetstream';
import { streamNames } from '@necrocode/contracts';
import { connectMessaging, messageHeaders, type MessagingConnection } from '@necrocode/messaging';

/** What JetStream holds must be the store's history: every event once, in the store's order. */
export class PublishedHistory {
  private next = 1;

  private constructor(private readonly connection: MessagingConnection) {}

  static async open(natsUrl: string): Promise<PublishedHistory> {
    return new PublishedHistory(await connectMessaging({ url: natsUrl, name: 'audit' }));
  }

  /** @param ids of the stored events, by position from 1 @throws while the relay is behind */
  async faults(ids: readonly string[]): Promise<readonly string[]> {
    const { jetstream, manager } = this.connection;
    const { state } = await manager.streams.info(streamNames.events);
    const first = Math.max(this.next, state.first_seq);
    if (state.last_seq < first) return [];
    const faults: string[] = [];
    let position = 0;
    const from = { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: first };
    const consumer = await jetstream.consumers.get(streamNames.events, from);
    const messages = await consumer.consume({ max_messages: 500 });
    for await (const { seq, headers } of messages) {
      const at = Number(headers?.get(messageHeaders.position));
      if (position !== 0 && at !== position + 1) faults.push(`message ${seq}: position ${at} follows ${position}`);
      const stored = ids[at - 1];
      if (stored !== undefined && stored !== headers?.get('Nats-Msg-Id'))
        faults.push(`message ${seq} is not event ${at}`);
      position = at;
      if (seq >= state.last_seq) break;
    }
    await messages.close();
    await consumer.delete();
    if (position < ids.length) throw new Error(`${position} of ${ids.length} events are published`);
    // The newest is read again next time: what comes must follow it.
    this.next = state.last_seq;
    return faults;
  }

  close(): Promise<void> {
    return this.connection.close();
  }
}
