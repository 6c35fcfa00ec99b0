import { holdReply } from '@necrocode/contracts';
import type { CancellationId, ExecutionId, ExecutionIdentity, RunnerId } from '@necrocode/domain';
import type { ExecutionStreams } from '../executions/execution-streams.js';
import type { RunnerControl } from '../runner-control/runner-control.js';

export interface HoldOrder {
  readonly kind: 'freeze' | 'thaw';
  readonly cancellationId: CancellationId;
  readonly executions: readonly ExecutionIdentity[];
}

export interface HoldAnswer {
  readonly executionId: ExecutionId;
  readonly status: 'done' | 'open';
}

const DONE: Readonly<Record<HoldOrder['kind'], ReadonlySet<string>>> = {
  freeze: new Set(['frozen', 'marked', 'ended']),
  thaw: new Set(['thawed', 'marked', 'ended', 'refused']),
};

/** Has executions stand still or go on. What the runners see of it becomes events by their reports. */
export class HoldExecutions {
  constructor(
    private readonly control: RunnerControl,
    private readonly executions: ExecutionStreams,
  ) {}

  async handle(
    { kind, cancellationId, executions }: HoldOrder,
    traceparent: string | undefined,
  ): Promise<readonly HoldAnswer[]> {
    const runners = [...new Set(executions.map(({ runnerId }) => runnerId))];
    const answers = await Promise.all(
      runners.map((runnerId) => {
        const theirs = executions.filter((execution) => execution.runnerId === runnerId);
        return this.askRunner(runnerId, theirs, kind, cancellationId, traceparent);
      }),
    );
    const done = new Set(answers.flat());
    const silent = executions.map(({ executionId }) => executionId).filter((executionId) => !done.has(executionId));
    for (const executionId of await this.overOf(silent)) done.add(executionId);
    return executions.map(({ executionId }) => ({ executionId, status: done.has(executionId) ? 'done' : 'open' }));
  }

  private async askRunner(
    runnerId: RunnerId,
    executions: readonly ExecutionIdentity[],
    kind: HoldOrder['kind'],
    cancellationId: CancellationId,
    traceparent: string | undefined,
  ): Promise<readonly ExecutionId[]> {
    const reply = await this.control.ask(runnerId, kind, { cancellationId, executions }, holdReply, traceparent);
    const { answers } = reply ?? { answers: [] };
    return answers.flatMap(({ executionId, answer }) => (DONE[kind].has(answer) ? [executionId] : []));
  }

  /** What has ended, or was fenced and will be ended by its runner, needs neither. */
  private async overOf(executionIds: readonly ExecutionId[]): Promise<readonly ExecutionId[]> {
    const states = await this.executions.load(executionIds);
    return executionIds.filter((executionId) => {
      const status = states.get(executionId)?.state.status;
      return status === 'ended' || status === 'fenced';
    });
  }
}
