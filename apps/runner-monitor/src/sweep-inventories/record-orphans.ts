import type { Orphan, RunnerId } from '@necrocode/domain';
import type { Logger } from '@necrocode/service-kit';
import { ACTOR, type Cause } from '../cause.js';
import type { RunnerStreams } from '../registry/runner-streams.js';

/** Orphans as events of their runner, once each, whoever found them: a sweep of its own or one of ours. */
export class RecordOrphans {
  constructor(
    private readonly runners: RunnerStreams,
    private readonly logger: Logger,
  ) {}

  async found(runnerId: RunnerId, orphan: Orphan, processes: number, cause: Cause = { actor: ACTOR }): Promise<void> {
    const command = { type: 'RecordOrphanFound' as const, runnerId, orphan, processes, at: new Date().toISOString() };
    const decided = await this.runners.handle(runnerId, command, cause);
    if (decided.length > 0) this.logger.warn({ runnerId, ...orphan, processes }, 'orphan found');
  }

  async ended(runnerId: RunnerId, orphan: Orphan, cause: Cause = { actor: ACTOR }): Promise<void> {
    const command = { type: 'RecordOrphanEnded' as const, runnerId, orphan, at: new Date().toISOString() };
    const decided = await this.runners.handle(runnerId, command, cause);
    if (decided.length > 0) this.logger.warn({ runnerId, ...orphan }, 'orphan ended');
  }
}
