import { streamIdOf } from '@necrocode/contracts';
import {
  type ExecutionCommand,
  executionDecider,
  type ExecutionEvent,
  type ExecutionId,
  type ExecutionState,
} from '@necrocode/domain';
import {
  dataOf,
  eventIdOf,
  EventIdTaken,
  type EventStore,
  fold,
  handleCommand,
  type StreamAppend,
  eventUpcasters,
  WrongExpectedVersion,
} from '@necrocode/event-store';
import { type Cause, metadataOf } from '../cause.js';

const MAX_ATTEMPTS = 10;

/** The streams of executions: this service is their only writer. */
export class ExecutionStreams {
  constructor(private readonly store: EventStore) {}

  /** @returns the state after the command @throws {Rejection} */
  async handle(command: ExecutionCommand, cause: Cause): Promise<ExecutionState> {
    const { executionId, jobId } = command.execution;
    const { state } = await handleCommand<ExecutionState, ExecutionCommand, ExecutionEvent>({
      store: this.store,
      decider: executionDecider,
      streamId: streamOf(executionId),
      command,
      metadata: metadataOf(jobId, cause),
      ...(cause.commandId === undefined ? {} : { commandId: cause.commandId }),
    });
    return state;
  }

  /**
   * One command for each of many executions: one read, one append, whatever their number. Another writer first on any of
   * the streams means deciding all of them again.
   * @returns the states after the commands @throws {Rejection}
   */
  async handleAll(
    commands: readonly ExecutionCommand[],
    cause: Cause & { readonly commandId: string },
  ): Promise<ReadonlyMap<ExecutionId, ExecutionState>> {
    const ids = commands.map(({ execution }) => execution.executionId);
    for (let attempt = 1; ; attempt++) {
      const loaded = await this.load(ids);
      const appends: StreamAppend[] = [];
      const states = new Map<ExecutionId, ExecutionState>();
      for (const command of commands) {
        const { executionId } = command.execution;
        const { state, version } = loaded.get(executionId) ?? { state: executionDecider.initial, version: 0 };
        const events = executionDecider.decide(command, state);
        states.set(executionId, events.reduce(executionDecider.evolve, state));
        if (events.length > 0) appends.push(this.appendOf(command, events, version, cause));
      }
      if (appends.length === 0) return states;
      try {
        const { repeated } = await this.store.append(appends);
        if (!repeated || attempt >= MAX_ATTEMPTS) return states;
      } catch (error) {
        const raced = error instanceof WrongExpectedVersion || error instanceof EventIdTaken;
        if (!raced || attempt >= MAX_ATTEMPTS) throw error;
      }
    }
  }

  /** Many streams in one read. */
  async load(
    executionIds: readonly ExecutionId[],
  ): Promise<ReadonlyMap<ExecutionId, { readonly state: ExecutionState; readonly version: number }>> {
    if (executionIds.length === 0) return new Map();
    const streams = await this.store.readStreams(executionIds.map(streamOf));
    const { evolve, initial } = executionDecider;
    return new Map(
      executionIds.map((executionId) => {
        const events = streams.get(streamOf(executionId)) ?? [];
        const state = fold<ExecutionState, ExecutionEvent>(evolve, initial, events);
        return [executionId, { state, version: events.length }];
      }),
    );
  }

  private appendOf(
    { execution }: ExecutionCommand,
    events: readonly ExecutionEvent[],
    expectedVersion: number,
    cause: Cause & { readonly commandId: string },
  ): StreamAppend {
    const streamId = streamOf(execution.executionId);
    const metadata = metadataOf(execution.jobId, cause);
    return {
      streamId,
      expectedVersion,
      events: events.map((event, index) => ({
        id: eventIdOf(cause.commandId, streamId, index),
        type: event.type,
        schemaVersion: eventUpcasters.currentVersion(event.type),
        data: dataOf(event),
        metadata,
      })),
    };
  }
}

function streamOf(executionId: ExecutionId): string {
  return streamIdOf('execution', executionId);
}
