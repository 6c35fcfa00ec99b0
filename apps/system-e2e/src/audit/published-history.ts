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
    const { streams } = this.connection.manager;
    const { state } = await streams.info(streamNames.events);
    const faults: string[] = [];
    const first = Math.max(this.next, state.first_seq);
    let position = 0;
    for (let sequence = first; sequence <= state.last_seq; sequence += 1) {
      const message = await streams.getMessage(streamNames.events, { seq: sequence });
      if (message === null) continue;
      const at = Number(message.header.get(messageHeaders.position));
      if (position !== 0 && at !== position + 1) faults.push(`message ${sequence}: position ${at} follows ${position}`);
      if (ids[at - 1] !== message.header.get('Nats-Msg-Id')) faults.push(`message ${sequence} is not event ${at}`);
      position = at;
    }
    if (state.last_seq >= first && position < ids.length)
      throw new Error(`${position} of ${ids.length} events are published`);
    // The newest is read again next time: what comes must follow it.
    this.next = Math.max(1, state.last_seq);
    return faults;
  }

  close(): Promise<void> {
    return this.connection.close();
  }
}
