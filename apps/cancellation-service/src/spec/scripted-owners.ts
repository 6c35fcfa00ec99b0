import {
  type Command,
  cleanerCommands,
  dispatcherCommands,
  type RunnerControl,
  runnerMonitorCommands,
} from '@necrocode/contracts';
import type { ExecutionEnding, ExecutionIdentity, JobFacts, RunnerId, TaskId } from '@necrocode/domain';
import { type DequeueBody, ScriptedQueue } from './scripted-queue.js';
import { CodedError, type CommandClient } from '@necrocode/service-kit';

const NOTHING = { artifacts: [], filesRemoved: 0, bytesFreed: 0, leftFiles: 0 };

/** The other services, as far as a cancellation asks them: one job, whose facts the spec sets. Counts what it is asked. */
export class ScriptedOwners implements Pick<CommandClient, 'ask' | 'tellRunner'> {
  readonly asked: string[] = [];
  /** Runners that were told something directly, and what. */
  readonly told: string[] = [];
  /** Services that do not answer. */
  readonly away = new Set<string>();
  endings = new Map<string, ExecutionEnding>();
  /** Where bulks find their targets. */
  queue = new ScriptedQueue();
  survivors = 0;
  /** Of a task that was cancelled: a wider cascade would still find something. */
  anyLeft = false;
  cleaned = true;
  /** Runners freeze and thaw as they are asked. */
  holding = true;

  constructor(
    public facts: JobFacts,
    private readonly afterBlock: (facts: JobFacts) => JobFacts,
    private readonly blocked: readonly TaskId[],
  ) {}

  async ask<Body, Value>(command: Command<Body, Value>, body: Body): Promise<Value> {
    const verb = command.subject.split('.').at(-1) ?? '';
    this.asked.push(verb);
    await Promise.resolve();
    if (this.away.has(command.service)) throw new CodedError('service-unavailable', { service: command.service });
    // The answers have the shapes of the contracts by construction; a generic double cannot say so.
    return this.answer(command.subject, body) as Value;
  }

  tellRunner(runnerId: RunnerId, control: RunnerControl): void {
    this.told.push(`${runnerId} ${control}`);
  }

  private answer(subject: string, body: unknown): unknown {
    switch (subject) {
      case dispatcherCommands.selectJobs.subject:
        return this.queue.select();
      case dispatcherCommands.dequeueJobs.subject:
        return this.queue.dequeue(body as DequeueBody);
      case dispatcherCommands.describeJob.subject:
      case dispatcherCommands.settleJob.subject:
        return this.facts;
      case dispatcherCommands.parkTasks.subject:
        return { facts: this.facts, taskIds: this.blocked };
      case dispatcherCommands.unparkTasks.subject:
        return body;
      case runnerMonitorCommands.holdExecutions.subject: {
        const { executions } = body as { executions: ExecutionIdentity[] };
        const status = this.holding ? 'done' : 'open';
        return { executions: executions.map(({ executionId }) => ({ executionId, status })) };
      }
      case dispatcherCommands.previewBlock.subject:
        return {
          before: this.facts,
          after: this.afterBlock(this.facts),
          taskIds: this.facts.status === 'cancelled' && !this.anyLeft ? [] : this.blocked,
          spared: [],
        };
      case dispatcherCommands.blockDispatch.subject:
        this.facts = this.afterBlock(this.facts);
        return { facts: this.facts, taskIds: this.blocked };
      case runnerMonitorCommands.stopExecutions.subject: {
        const { stops } = body as { stops: { execution: ExecutionIdentity }[] };
        return {
          executions: stops.map(({ execution: { executionId } }) => {
            const ending = this.endings.get(executionId) ?? null;
            return { executionId, status: ending ? 'ended' : 'terminating', ending };
          }),
        };
      }
      case runnerMonitorCommands.inspectExecutions.subject:
        return { survivors: this.survivors, leftFiles: 0, at: new Date().toISOString() };
      case cleanerCommands.clean.subject:
        return this.cleaned ? { done: true, report: NOTHING } : { done: false, report: null };
      default:
        throw new Error(`nobody answers ${subject}`);
    }
  }
}
