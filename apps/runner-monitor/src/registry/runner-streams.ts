import { streamIdOf } from '@necrocode/contracts';
import {
  type RunnerCommand,
  runnerDecider,
  type RunnerEvent,
  type RunnerId,
  type RunnerState,
} from '@necrocode/domain';
import { type EventStore, fold, handleCommand } from '@necrocode/event-store';
import { type Cause, metadataOf } from '../cause.js';
import type { Runners } from './runners.js';

/** The streams of runners, with their rows in the same transaction. */
export class RunnerStreams {
  constructor(
    private readonly store: EventStore,
    private readonly runners: Runners,
  ) {}

  /** @returns what was decided now: nothing when it was so already @throws {Rejection} `runner-not-found` */
  async handle(runnerId: RunnerId, command: RunnerCommand, cause: Cause): Promise<readonly RunnerEvent[]> {
    const { state, decided } = await handleCommand<RunnerState, RunnerCommand, RunnerEvent>({
      store: this.store,
      decider: runnerDecider,
      streamId: streamIdOf('runner', runnerId),
      command,
      metadata: metadataOf(runnerId, cause),
      ...(cause.commandId === undefined ? {} : { commandId: cause.commandId }),
      companions: (events, after) => (after.status === 'unknown' ? [] : [this.runners.after(events, after)]),
    });
    if (decided.length === 0) await this.putBack(state);
    return decided;
  }

  /** Puts the row back when it is missing: in a table that was emptied and is being rebuilt. */
  async restore(runnerId: RunnerId): Promise<void> {
    const events = await this.store.readStream(streamIdOf('runner', runnerId));
    const { evolve, initial } = runnerDecider;
    await this.putBack(fold<RunnerState, RunnerEvent>(evolve, initial, events));
  }

  private async putBack(state: RunnerState): Promise<void> {
    if (state.status !== 'unknown') await this.runners.restore(state);
  }
}
