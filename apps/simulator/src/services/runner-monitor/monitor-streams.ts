import { streamIdOf } from '@necrocode/contracts';
import type { ExecutionCommand, ExecutionId, ExecutionState, RunnerCommand } from '@necrocode/domain';
import { handleCommand } from '@necrocode/event-store';
import type { StoreClient } from '../../store/store-client.js';
import type { World } from '../../world/world.js';
import { foldStream } from '../streams/fold-stream.js';

const ACTOR = 'service:runner-monitor';

/** The streams of executions and runners, over the real deciders. */
export class MonitorStreams {
  constructor(
    private readonly store: StoreClient,
    private readonly world: World,
  ) {}

  async handle(command: ExecutionCommand, commandId?: string): Promise<ExecutionState> {
    const { executionId, jobId } = command.execution;
    const { state } = await handleCommand({
      store: this.store,
      decider: this.world.rules.execution,
      streamId: streamIdOf('execution', executionId),
      command,
      metadata: { actor: ACTOR, correlationId: jobId },
      newEventId: () => this.world.newUuid(),
      ...(commandId === undefined ? {} : { commandId }),
    });
    return state;
  }

  async handleRunner(command: RunnerCommand, commandId?: string): Promise<void> {
    const runnerId = command.type === 'RegisterRunner' ? command.runner.runnerId : command.runnerId;
    await handleCommand({
      store: this.store,
      decider: this.world.rules.runner,
      streamId: streamIdOf('runner', runnerId),
      command,
      metadata: { actor: ACTOR, correlationId: runnerId },
      newEventId: () => this.world.newUuid(),
      ...(commandId === undefined ? {} : { commandId }),
    });
  }

  async load(executionIds: readonly ExecutionId[]): Promise<ReadonlyMap<ExecutionId, ExecutionState>> {
    const streams = await this.store.readStreams(executionIds.map((id) => streamIdOf('execution', id)));
    const stateOf = (id: ExecutionId) =>
      foldStream(this.world.rules.execution, streams.get(streamIdOf('execution', id)) ?? []);
    return new Map(executionIds.map((id) => [id, stateOf(id)]));
  }
}
