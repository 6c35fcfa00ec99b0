import { inspectReply, type InspectRequest } from '@necrocode/contracts';
import type { RunnerId } from '@necrocode/domain';
import { CodedError } from '@necrocode/service-kit';
import type { RunnerControl } from '../runner-control/runner-control.js';

export interface Inspection extends InspectRequest {
  readonly runnerId: RunnerId;
}

/** A fresh look at what is left of executions and a workspace, by the runner that has them. */
export class InspectExecutions {
  constructor(private readonly control: RunnerControl) {}

  /** @throws {CodedError} `runner-unreachable`: nobody can say */
  async handle({ runnerId, executionIds, jobId }: Inspection, traceparent: string | undefined) {
    const request: InspectRequest = { executionIds, jobId };
    const reply = await this.control.ask(runnerId, 'inspect', request, inspectReply, traceparent);
    if (reply === null) throw new CodedError('runner-unreachable', { runnerId });
    const survivors = reply.executions.reduce((sum, execution) => sum + execution.survivors, 0);
    return { survivors, leftFiles: reply.leftFiles, at: reply.at };
  }
}
