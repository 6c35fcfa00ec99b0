import { type MessagingConnection, whileConnected } from '@necrocode/messaging';
import type { Logger } from '@necrocode/service-kit';
import { ACTOR } from '../cause.js';
import type { LastHeard } from '../hear-heartbeat/last-heard.js';
import type { RunnerStreams } from '../registry/runner-streams.js';
import type { OverdueRunner, Runners } from '../registry/runners.js';

/**
 * Gives up runners that were silent for a lease. Two must agree: the row, which any replica writes, and this replica's own
 * ears. Replicas that come to it at once meet at the runner's stream, where it happens once.
 */
export class LoseSilentRunners {
  constructor(
    private readonly runners: Runners,
    private readonly streams: RunnerStreams,
    private readonly lastHeard: LastHeard,
    private readonly connection: MessagingConnection,
    private readonly logger: Logger,
  ) {}

  async sweep(): Promise<void> {
    const silent = (await this.runners.findOverdue()).filter((runner) => this.isSilent(runner));
    if (silent.length === 0 || !(await this.hasHeardEverything())) return;
    await Promise.all(silent.filter((runner) => this.isSilent(runner)).map((runner) => this.lose(runner)));
  }

  private isSilent({ runnerId, sessionId, leaseMs }: OverdueRunner): boolean {
    return this.lastHeard.isSilent(runnerId, sessionId, leaseMs);
  }

  /**
   * One round trip to the server: what it sent before its answer has been heard by then. So neither a connection that is
   * half open nor a process that was stopped for a while takes its own deafness for a runner's silence.
   */
  private async hasHeardEverything(): Promise<boolean> {
    const { nats, link } = this.connection;
    const heard = nats.flush().then(() => true);
    return (await whileConnected(link, heard).catch(() => false)) ?? false;
  }

  private async lose({ runnerId, lastHeardAt }: OverdueRunner): Promise<void> {
    const command = { type: 'LoseRunner' as const, runnerId, lastHeardAt, at: new Date().toISOString() };
    const decided = await this.streams.handle(runnerId, command, { actor: ACTOR });
    this.lastHeard.forget(runnerId);
    if (decided.length > 0) this.logger.warn({ runnerId, lastHeardAt }, 'runner lost');
  }
}
