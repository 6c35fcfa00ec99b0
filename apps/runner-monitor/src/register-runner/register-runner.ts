import type { CommandMeta } from '@necrocode/contracts';
import type { ExecutionId, RunnerDescription } from '@necrocode/domain';
import type { ExecutionStreams } from '../executions/execution-streams.js';
import type { LastHeard } from '../hear-heartbeat/last-heard.js';
import type { ExecutionsInFlight } from '../in-flight/executions-in-flight.js';
import type { RunnerStreams } from '../registry/runner-streams.js';

export interface Registration {
  readonly runner: RunnerDescription;
  /** Drawn at each start of an agent. */
  readonly sessionId: string;
}

/**
 * Takes an agent into the registry. A new session replaces the one before it, whose heartbeats no longer count; what that one
 * left running is ended and reported by the new agent itself.
 */
export class RegisterRunner {
  constructor(
    private readonly runners: RunnerStreams,
    private readonly inFlight: ExecutionsInFlight,
    private readonly executions: ExecutionStreams,
    private readonly lastHeard: LastHeard,
    private readonly leaseMs: number,
  ) {}

  async handle({ runner, sessionId }: Registration, { id, actor, traceparent }: CommandMeta) {
    const command = { type: 'RegisterRunner' as const, runner, sessionId, at: new Date().toISOString() };
    await this.runners.handle(runner.runnerId, command, { actor, commandId: id, traceparent });
    this.lastHeard.hear(runner.runnerId, sessionId);
    const known = await this.inFlight.ofRunner(runner.runnerId);
    return { leaseMs: this.leaseMs, fencedExecutionIds: await this.fenced(known.map(({ execution }) => execution)) };
  }

  /** Read from the streams: the rows may be a moment behind, and the agent must end all of these. */
  private async fenced(known: readonly { readonly executionId: ExecutionId }[]): Promise<ExecutionId[]> {
    const loaded = await this.executions.load(known.map(({ executionId }) => executionId));
    return [...loaded].filter(([, { state }]) => state.status === 'fenced').map(([executionId]) => executionId);
  }
}
