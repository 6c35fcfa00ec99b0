import { heartbeat, type Heartbeat, subjects } from '@necrocode/contracts';
import type { MessagingConnection } from '@necrocode/messaging';
import type { Logger } from '@necrocode/service-kit';
import type { Msg, Subscription } from '@nats-io/nats-core';
import type { LastHeard } from './last-heard.js';
import type { RecordHeartbeats } from './record-heartbeats.js';

/** What an agent is told: it has contact for another lease. `registered: false` asks it to register. */
export interface HeartbeatReply {
  readonly leaseMs: number;
  readonly registered: boolean;
}

/**
 * Every replica hears every heartbeat, so any of them may judge silence; one of them answers and writes it down. The answer
 * waits for nothing: runners must not lose their contact because PostgreSQL is away, and nobody can be fenced meanwhile.
 */
export class HeartbeatSubscriber {
  private subscriptions: Subscription[] = [];
  private stopObserving: () => void = () => undefined;

  constructor(
    private readonly connection: MessagingConnection,
    private readonly lastHeard: LastHeard,
    private readonly recordHeartbeats: RecordHeartbeats,
    private readonly logger: Logger,
    private readonly leaseMs: number,
  ) {}

  start(): void {
    const { nats, link } = this.connection;
    const subject = subjects.allRunners('heartbeat');
    this.subscriptions = [
      nats.subscribe(subject, { callback: (_, message) => this.receive(message, (beat) => this.hear(beat)) }),
      nats.subscribe(subject, {
        queue: 'runner-monitor',
        callback: (_, message) => this.receive(message, (beat) => this.answer(beat, message)),
      }),
    ];
    if (link.state === 'connected') this.lastHeard.listen();
    this.stopObserving = link.observe((state) =>
      state === 'connected' ? this.lastHeard.listen() : this.lastHeard.stopListening(),
    );
  }

  async stop(): Promise<void> {
    this.stopObserving();
    this.lastHeard.stopListening();
    for (const subscription of this.subscriptions) subscription.unsubscribe();
    await this.recordHeartbeats.settled();
  }

  private hear({ runnerId, sessionId }: Heartbeat): void {
    this.lastHeard.hear(runnerId, sessionId);
  }

  /** A session that was superseded gets no answer: when its lease is over it ends what it has. */
  private answer(beat: Heartbeat, message: Msg): void {
    const outcome = this.recordHeartbeats.outcomeOf(beat);
    const reply: HeartbeatReply = { leaseMs: this.leaseMs, registered: outcome !== 'unknown' };
    if (outcome !== 'superseded') message.respond(JSON.stringify(reply));
    this.recordHeartbeats.record(beat);
  }

  /** What no agent of ours would send must not end the subscription. */
  private receive(message: Msg, take: (beat: Heartbeat) => void): void {
    try {
      const parsed = heartbeat.safeParse(message.json());
      if (parsed.success && subjects.runner(parsed.data.runnerId, 'heartbeat') === message.subject)
        return take(parsed.data);
    } catch {
      // Not JSON.
    }
    this.logger.warn({ subject: message.subject }, 'not a heartbeat');
  }
}
