import { type CommandMeta, stopRunnerReply } from '@necrocode/contracts';
import {
  executionDecider,
  type ExecutionCommand,
  type ExecutionId,
  type ExecutionState,
  type ExecutionStop,
  type RunnerId,
  stopsByRunner,
  type StopStatus,
  stopStatusOf,
} from '@necrocode/domain';
import { continueTrace } from '@necrocode/service-kit';
import type { ExecutionStreams } from '../executions/execution-streams.js';
import type { RunnerControl } from '../runner-control/runner-control.js';
import type { EndingsAwaited } from './endings-awaited.js';
import type { StopsUnderWay } from './stops-under-way.js';

/** So long an answer waits for the ends of what it stops: most processes that help are gone in a few milliseconds. */
const ENDINGS_WITHIN_MS = 250;

/**
 * Signals at once and records beside it: the request is on the wire before anything is read or written. Should the record
 * fail, the caller hears so and asks again; should the signal, the record has the intent and the caller asks again too.
 */
export class StopExecutions {
  constructor(
    private readonly control: RunnerControl,
    private readonly executions: ExecutionStreams,
    private readonly underWay: StopsUnderWay,
    private readonly endings: EndingsAwaited,
  ) {}

  async handle(
    stops: readonly ExecutionStop[],
    { id, actor, traceparent }: CommandMeta,
  ): Promise<readonly ({ readonly executionId: ExecutionId } & StopStatus)[]> {
    const trace = continueTrace(traceparent);
    const asked = [...new Map(stops.map((stop) => [stop.execution.executionId, stop])).values()];
    const ended = this.endings.expect(asked.map(({ execution }) => execution.executionId));
    const signalling = this.signal(asked, trace);
    const recording = this.executions.handleAll(asked.map(requestOf), { actor, commandId: id, traceparent: trace });
    const ids = asked.map(({ execution }) => execution.executionId);
    this.underWay.add(ids, recording);
    const [states, reached] = await Promise.all([recording, signalling]);
    const open = [...states.values()].some(({ status }) => status === 'terminating');
    const news = await ended(open && reached.size > 0 ? ENDINGS_WITHIN_MS : 0);
    return asked.map(({ execution: { executionId, runnerId } }) => {
      const state: ExecutionState = news.get(executionId) ?? states.get(executionId) ?? executionDecider.initial;
      return { executionId, ...stopStatusOf(state, reached.has(runnerId)) };
    });
  }

  /** One request for each runner. @returns the runners that answered */
  private async signal(stops: readonly ExecutionStop[], traceparent: string): Promise<ReadonlySet<RunnerId>> {
    const answers = [...stopsByRunner(stops)].map(async ([runnerId, theirs]): Promise<RunnerId[]> => {
      const reply = await this.control.ask(runnerId, 'stop', { stops: theirs }, stopRunnerReply, traceparent);
      return reply === null ? [] : [runnerId];
    });
    return new Set((await Promise.all(answers)).flat());
  }
}

function requestOf({ execution, stop }: ExecutionStop): ExecutionCommand {
  return { type: 'RequestStop', execution, stop, at: new Date().toISOString() };
}
