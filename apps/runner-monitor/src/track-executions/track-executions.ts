import { parseStreamId, streamIdOf } from '@necrocode/contracts';
import {
  type ExecutionEvent,
  type ExecutionId,
  type JobEvent,
  RUNNER_EVENTS,
  type RunnerEvent,
  type RunnerId,
} from '@necrocode/domain';
import { type PositionedEvent, toDomainEvent } from '@necrocode/event-store';
import type { ExecutionsInFlight } from '../in-flight/executions-in-flight.js';
import type { RunnerStreams } from '../registry/runner-streams.js';

/** What changes a row; nothing else is read. */
export const heardTypes = [
  ...RUNNER_EVENTS,
  'TaskAssigned',
  'TaskUnassigned',
  'ExecutionStarted',
  'ExecutionStopRequested',
  'ExecutionFenced',
  'ExecutionEnded',
] as const satisfies readonly (ExecutionEvent | JobEvent | RunnerEvent)['type'][];

const heard: ReadonlySet<string> = new Set(heardTypes);

/** What stays in order: the events of one execution, in its own stream and in its job's. Executions that end by the hundred go side by side. */
export function orderOf(stored: PositionedEvent): string {
  if (stored.type !== 'TaskAssigned' && stored.type !== 'TaskUnassigned') return stored.streamId;
  const event = toDomainEvent<Extract<JobEvent, { type: 'TaskAssigned' | 'TaskUnassigned' }>>(stored);
  const executionId = event.type === 'TaskAssigned' ? event.assignment.executionId : event.executionId;
  return streamIdOf('execution', executionId);
}

/**
 * Keeps the rows of executions in step with the streams, the dispatcher's assignments included: an execution that never
 * reported is fenced all the same. Seen twice, events lead to the same rows.
 */
export class TrackExecutions {
  constructor(
    private readonly inFlight: ExecutionsInFlight,
    private readonly runners: RunnerStreams,
  ) {}

  async handle(stored: PositionedEvent): Promise<void> {
    if (!heard.has(stored.type)) return;
    const { aggregate, aggregateId } = parseStreamId(stored.streamId);
    if (aggregate === 'runner') return this.runners.restore(aggregateId as RunnerId); // Runner streams are ours.
    if (aggregate === 'job') return this.trackJob(stored);
    if (aggregate === 'execution') return this.trackExecution(stored, aggregateId as ExecutionId); // And so are these.
  }

  private async trackJob(stored: PositionedEvent): Promise<void> {
    if (stored.type !== 'TaskAssigned' && stored.type !== 'TaskUnassigned') return;
    const event = toDomainEvent<JobEvent>(stored);
    if (event.type === 'TaskUnassigned') return this.inFlight.remove(event.executionId);
    if (event.type !== 'TaskAssigned') return;
    const { jobId, taskId, assignment } = event;
    await this.inFlight.assigned({ jobId, taskId, ...assignment }, stored.recordedAt, stored.metadata.traceparent);
  }

  private async trackExecution(stored: PositionedEvent, executionId: ExecutionId): Promise<void> {
    const event = toDomainEvent<ExecutionEvent>(stored);
    switch (event.type) {
      case 'ExecutionStarted':
      case 'ExecutionStopRequested':
        await this.inFlight.assigned(event.execution, stored.recordedAt, stored.metadata.traceparent);
        if (event.type === 'ExecutionStarted') await this.inFlight.mark(executionId, 'running');
        return;
      case 'ExecutionFenced':
        await this.inFlight.assigned(event.execution, stored.recordedAt, stored.metadata.traceparent);
        return this.inFlight.mark(executionId, 'fenced');
      case 'ExecutionEnded':
        return this.inFlight.remove(executionId);
      case 'ExecutionSignalled':
      case 'ExecutionFrozen':
      case 'ExecutionThawed':
      case 'ExecutionForceKilled':
      case 'StaleReportNoted':
        return;
      default:
        return event satisfies never;
    }
  }
}
