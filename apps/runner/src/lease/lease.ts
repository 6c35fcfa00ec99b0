import { subjects, type Heartbeat } from '@necrocode/contracts';
import type { RunnerId } from '@necrocode/domain';
import type { MessagingConnection } from '@necrocode/messaging';
import type { Logger } from '@necrocode/service-kit/process';
import { z } from 'zod';
import type { Contact } from './contact.js';

const heartbeatReply = z.object({
  leaseMs: z.int().min(1),
  /** False: the runner-monitor does not know this session (its tables were lost, or another session took over). */
  registered: z.boolean().default(true),
});

export interface LeaseParts {
  readonly connection: Pick<MessagingConnection, 'nats'>;
  readonly runnerId: RunnerId;
  readonly sessionId: string;
  readonly contact: Contact;
  /** What a heartbeat tells: what is on this host. */
  readonly inventory: () => Pick<Heartbeat, 'executionIds' | 'workspaces'>;
  /** The lease is about to run out on the other side: end everything before it does. Called once per loss. */
  readonly onLost: () => Promise<void>;
  /** The runner-monitor does not know us: register again. */
  readonly onUnknown: () => Promise<void>;
  readonly logger: Logger;
}

const BEATS_PER_LEASE = 6;

/** Keeps contact with the runner-monitor. A heartbeat is a request: its answer is what proves contact. */
export class Lease {
  private lost = true;
  private nextBeat: NodeJS.Timeout | undefined;
  private deadline: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(private readonly parts: LeaseParts) {}

  /** Once it is registered: nobody knows of what would be started before. */
  start(): void {
    this.lost = false;
    this.awaitDeadline();
    this.beat();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.nextBeat);
    clearTimeout(this.deadline);
  }

  /**
   * Whether it is held, by the clock and not by what the timers have come to: whoever stood still for longer than its
   * lease may be asked before any of them. Then it is lost here and now.
   */
  check(): boolean {
    if (!this.lost && !this.parts.contact.isCurrent) this.lose();
    return !this.lost;
  }

  private get beatMs(): number {
    return this.parts.contact.leaseMs / BEATS_PER_LEASE;
  }

  private beat(): void {
    this.check(); // The next answer may be there at once, and say nothing of the silence before it.
    void this.ask().finally(() => {
      if (!this.stopped) this.nextBeat = setTimeout(() => this.beat(), this.beatMs);
    });
  }

  private async ask(): Promise<void> {
    const { connection, contact, runnerId, sessionId, inventory, logger } = this.parts;
    const sentAt = contact.now();
    const beat: Heartbeat = { runnerId, sessionId, ...inventory(), at: new Date().toISOString() };
    try {
      const subject = subjects.runner(runnerId, 'heartbeat');
      const reply = await connection.nats.request(subject, JSON.stringify(beat), {
        timeout: this.beatMs,
      });
      const { leaseMs, registered } = heartbeatReply.parse(reply.json());
      contact.confirm(sentAt, leaseMs);
      if (this.lost && contact.isCurrent) this.regain();
      this.awaitDeadline();
      if (!registered) await this.parts.onUnknown();
    } catch (error) {
      logger.debug({ err: error }, 'no answer to a heartbeat');
    }
  }

  /** Not by the beats: in silence each of them takes its time-out, and the last one would end with the lease. */
  private awaitDeadline(): void {
    clearTimeout(this.deadline);
    if (this.stopped || !this.check()) return;
    this.deadline = setTimeout(() => this.awaitDeadline(), this.parts.contact.leftMs);
  }

  private regain(): void {
    this.lost = false;
    this.parts.logger.info('contact with the runner-monitor again');
  }

  private lose(): void {
    this.lost = true;
    const { contact, logger, onLost } = this.parts;
    logger.error(
      { silentMs: Math.round(contact.silentMs), leaseMs: contact.leaseMs },
      'lease lost: ending everything here',
    );
    onLost().catch((error: unknown) => logger.error({ err: error }, 'ending after a lost lease failed'));
  }
}
