import { streamIdOf } from '@necrocode/contracts';
import { type CleanupCommand, cleanupDecider, type CleanupEvent, type CleanupState } from '@necrocode/domain';
import {
  type CompanionStatement,
  type EventMetadata,
  type EventStore,
  fold,
  handleCommand,
} from '@necrocode/event-store';
import type { DriveQueue } from '@necrocode/service-kit';

/** A job's, a cancellation's or an execution's id: what a cleanup's stream is named after. */
export type CleanupId = string;

export const ACTOR = 'service:artifact-cleaner';

export interface LoadedCleanup {
  readonly state: CleanupState;
  /** Of the event that asked for the cleanup: whatever follows belongs to the same story. Absent before it. */
  readonly asked: EventMetadata | undefined;
}

/** A cleanup just asked for is looked at again when its first drive was lost, ms. */
const FIRST_REDRIVE_MS = 1_000;

/** The streams of cleanups: this service is their only writer. Their timers change in the same transaction. */
export class CleanupStreams {
  constructor(
    private readonly store: EventStore,
    private readonly drives: DriveQueue,
  ) {}

  async load(cleanupId: CleanupId): Promise<LoadedCleanup> {
    const events = await this.store.readStream(streamOf(cleanupId));
    const { evolve, initial } = cleanupDecider;
    return {
      state: fold<CleanupState, CleanupEvent>(evolve, initial, events),
      asked: events[0]?.metadata,
    };
  }

  /** @param commandId the same for the same cause: a repetition appends nothing @returns the state after the command */
  async handle(
    cleanupId: CleanupId,
    command: CleanupCommand,
    metadata: EventMetadata,
    commandId?: string,
  ): Promise<CleanupState> {
    const { state } = await handleCommand<CleanupState, CleanupCommand, CleanupEvent>({
      store: this.store,
      decider: cleanupDecider,
      streamId: streamOf(cleanupId),
      command,
      metadata,
      ...(commandId === undefined ? {} : { commandId }),
      companions: (_, after) => [this.timerAfter(cleanupId, after, command.at)],
    });
    return state;
  }

  private timerAfter(cleanupId: CleanupId, state: CleanupState, at: string): CompanionStatement {
    if (state.status !== 'open') return this.drives.forget(cleanupId);
    const untilRetryMs = Date.parse(state.retryAt) - Date.parse(at);
    return this.drives.schedule(cleanupId, state.attempts === 0 ? FIRST_REDRIVE_MS : untilRetryMs);
  }
}

function streamOf(cleanupId: CleanupId): string {
  return streamIdOf('cleanup', cleanupId);
}
