import { continueTrace } from '@necrocode/service-kit';
import { ACTOR } from '../cause.js';
import type { ExecutionStreams } from '../executions/execution-streams.js';
import type { ExecutionInFlight, ExecutionsInFlight } from '../in-flight/executions-in-flight.js';

/** Fences what nobody will account for: executions of lost runners, and those an agent came up without. */
export class FenceExecutions {
  constructor(
    private readonly inFlight: ExecutionsInFlight,
    private readonly executions: ExecutionStreams,
  ) {}

  async sweep(): Promise<void> {
    const lost = await this.inFlight.findLost();
    const abandoned = await this.inFlight.findAbandoned();
    await Promise.all([...lost, ...abandoned].map((flight) => this.fence(flight)));
  }

  /** The stream decides: the row may be behind it. */
  private async fence({ execution, traceparent }: ExecutionInFlight): Promise<void> {
    const { executionId } = execution;
    const command = { type: 'FenceExecution' as const, execution, at: new Date().toISOString() };
    const state = await this.executions.handle(command, { actor: ACTOR, traceparent: continueTrace(traceparent) });
    if (state.status === 'ended') return this.inFlight.remove(executionId);
    await this.inFlight.mark(executionId, 'fenced');
  }
}
