import type { Heartbeat } from '@necrocode/contracts';
import type { RunnerId } from '@necrocode/domain';
import type { Logger } from '@necrocode/service-kit';
import type { RunnerStreams } from '../registry/runner-streams.js';
import type { HeartbeatOutcome, Runners } from '../registry/runners.js';

/**
 * Writes heartbeats down, behind their answers. One write is under way at a time and takes whatever has come in since the
 * last one, so a thousand runners cost as few statements as the database is quick. A write that fails is not repeated: the
 * next heartbeat is due in a third of a lease.
 */
export class RecordHeartbeats {
  private readonly outcomes = new Map<RunnerId, { readonly sessionId: string; readonly outcome: HeartbeatOutcome }>();
  private waiting = new Map<RunnerId, Heartbeat>();
  private writing: Promise<void> | null = null;

  constructor(
    private readonly runners: Runners,
    private readonly streams: RunnerStreams,
    private readonly logger: Logger,
  ) {}

  record(beat: Heartbeat): void {
    this.waiting.set(beat.runnerId, beat);
    this.writing ??= this.write().finally(() => (this.writing = null));
  }

  /** What the last recorded heartbeat of this session met; `heard` when there is none yet. */
  outcomeOf({ runnerId, sessionId }: Heartbeat): HeartbeatOutcome {
    const last = this.outcomes.get(runnerId);
    return last?.sessionId === sessionId ? last.outcome : 'heard';
  }

  async settled(): Promise<void> {
    await this.writing;
  }

  private async write(): Promise<void> {
    while (this.waiting.size > 0) {
      const beats = [...this.waiting.values()];
      this.waiting = new Map();
      try {
        const outcomes = await this.runners.hear(beats);
        await Promise.all(beats.map((beat) => this.settle(beat, outcomes.get(beat.runnerId) ?? 'unknown')));
      } catch (error) {
        this.logger.warn({ err: error, runners: beats.length }, 'cannot record heartbeats');
      }
    }
  }

  private async settle({ runnerId, sessionId }: Heartbeat, outcome: HeartbeatOutcome): Promise<void> {
    this.outcomes.set(runnerId, { sessionId, outcome });
    if (outcome !== 'returned') return;
    const command = { type: 'HearRunner' as const, runnerId, at: new Date().toISOString() };
    const decided = await this.streams.handle(runnerId, command, { actor: `runner:${runnerId}` });
    if (decided.length > 0) this.logger.info({ runnerId, sessionId }, 'runner returned');
  }
}
