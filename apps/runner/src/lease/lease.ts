import { subjects, type Heartbeat } from '@necrocode/contracts';
import type { ExecutionId, RunnerId } from '@necrocode/domain';
import type { MessagingConnection } from '@necrocode/messaging';
import type { Logger } from '@necrocode/service-kit/process';
import { z } from 'zod';

const heartbeatReply = z.object({
  leaseMs: z.int().min(1),
  /** False: the runner-monitor does not know this session (its tables were lost, or another session took over). */
  registered: z.boolean().default(true),
});

export interface LeaseParts {
  readonly connection: MessagingConnection;
  readonly runnerId: RunnerId;
  readonly sessionId: string;
  readonly executionIds: () => ExecutionId[];
  /** The lease is about to run out on the other side: end everything before it does. Called once per loss. */
  readonly onLost: () => Promise<void>;
  /** The runner-monitor does not know us: register again. */
  readonly onUnknown: () => Promise<void>;
  readonly logger: Logger;
}

/** The runner gives up at this part of its lease, so that it has ended its trees before the monitor calls it fenced. */
const GIVE_UP_AT = 0.7;
const BEATS_PER_LEASE = 6;

/**
 * Contact with the runner-monitor. A heartbeat is a request: its answer is what proves contact, and contact counts from
 * when the request was sent, so both sides count from a moment the other one cannot have later.
 */
export class Lease {
  private leaseMs: number;
  private contactAt = performance.now();
  private lost = false;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    private readonly parts: LeaseParts,
    leaseMs: number,
  ) {
    this.leaseMs = leaseMs;
  }

  start(): void {
    this.beat();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  get isHeld(): boolean {
    return !this.lost;
  }

  private beat(): void {
    if (this.stopped) return;
    void this.ask().finally(() => {
      if (this.stopped) return;
      this.judge();
      this.timer = setTimeout(() => this.beat(), this.leaseMs / BEATS_PER_LEASE);
    });
  }

  private async ask(): Promise<void> {
    const { connection, runnerId, sessionId, executionIds, logger } = this.parts;
    const sentAt = performance.now();
    const beat: Heartbeat = { runnerId, sessionId, executionIds: executionIds(), at: new Date().toISOString() };
    try {
      const subject = subjects.runner(runnerId, 'heartbeat');
      const reply = await connection.nats.request(subject, JSON.stringify(beat), {
        timeout: this.leaseMs / BEATS_PER_LEASE,
      });
      const { leaseMs, registered } = heartbeatReply.parse(reply.json());
      this.leaseMs = leaseMs;
      this.contactAt = sentAt;
      if (this.lost) logger.info('contact with the runner-monitor again');
      this.lost = false;
      if (!registered) await this.parts.onUnknown();
    } catch (error) {
      logger.debug({ err: error }, 'no answer to a heartbeat');
    }
  }

  private judge(): void {
    const silentMs = performance.now() - this.contactAt;
    if (this.lost || silentMs < this.leaseMs * GIVE_UP_AT) return;
    this.lost = true;
    const { logger, onLost } = this.parts;
    logger.error({ silentMs: Math.round(silentMs), leaseMs: this.leaseMs }, 'lease lost: ending everything here');
    onLost().catch((error: unknown) => logger.error({ err: error }, 'ending after a lost lease failed'));
  }
}
