import { streamIdOf } from '@necrocode/contracts';
import {
  type ArtifactPolicy,
  cancellationDecider,
  type CancellationId,
  type Decider,
  type ExecutionCommand,
  executionDecider,
  type ExecutionEnding,
  type ExecutionIdentity,
  type JobCommand,
  jobDecider,
  type JobId,
  type RunnerEvent,
  type RunnerId,
  type SlotClaim,
  type SubmittedTask,
} from '@necrocode/domain';
import { type DomainEvent, type EventStore, handleCommand, uuidV7 } from '@necrocode/event-store';
import { newId } from '@necrocode/service-kit';

export function aTask(key: string, more: Partial<SubmittedTask> = {}): SubmittedTask {
  return {
    taskId: newId('task'),
    key,
    command: ['true'],
    env: {},
    workingDirectory: 'workspace',
    dependsOn: [],
    slotPool: null,
    retry: { maxAttempts: 1, backoff: { initialMs: 0, factor: 1, maxMs: 0, jitter: 0 } },
    timeoutMs: null,
    gracePeriodMs: 1_000,
    signal: 'SIGTERM',
    signalTo: 'tree',
    artifacts: [`${key}/**`],
    onCancelArtifacts: 'keep',
    optional: false,
    ...more,
  };
}

/** Writes what the other services would: the streams of one job, its executions and its cancellations. */
export class JobStory {
  readonly jobId: JobId = newId('job');

  constructor(
    private readonly store: EventStore,
    private readonly tasks: readonly SubmittedTask[],
  ) {}

  get cleanup(): string {
    return `cleanup-${this.jobId}`;
  }

  async submit(): Promise<void> {
    const spec = { name: 'spec', queue: 'default', priority: 50, labels: {}, metadata: {}, owner: 'spec' };
    await this.job({ type: 'SubmitJob', jobId: this.jobId, spec, tasks: this.tasks, at: now() });
  }

  /** The task is assigned and its execution reports its start. */
  async start(task: SubmittedTask, runnerId: RunnerId, slot: SlotClaim | null = null): Promise<ExecutionIdentity> {
    const assignment = { executionId: newId('exe'), runnerId, fencingToken: 1, slot };
    const { taskId } = task;
    await this.job({ type: 'AssignTask', taskId, assignment, at: now() });
    const execution = { ...assignment, jobId: this.jobId, taskId, attempt: 1 };
    await this.execution({ type: 'RecordStarted', execution, containment: 'cgroup2', pid: 42, at: now() });
    return execution;
  }

  /** Found on its host in nobody's hand, and ended: the runner-monitor records it. */
  orphanEnds({ runnerId, executionId }: ExecutionIdentity): Promise<void> {
    return this.ofRunner({ type: 'RunnerOrphanEnded', runnerId, orphan: { kind: 'process', executionId }, at: soon() });
  }

  /** Its workspace is on the host of that runner, whose cleanup is done: the runner-monitor records it. */
  workspaceFound(runnerId: RunnerId): Promise<void> {
    const orphan = { kind: 'workspace', jobId: this.jobId } as const;
    return this.ofRunner({ type: 'RunnerOrphanFound', runnerId, orphan, processes: 0, at: soon() });
  }

  /** Cleaned after it was found, it is not there any more: the runner-monitor records it. */
  workspaceGone(runnerId: RunnerId): Promise<void> {
    const orphan = { kind: 'workspace', jobId: this.jobId } as const;
    return this.ofRunner({ type: 'RunnerOrphanEnded', runnerId, orphan, at: soon() });
  }

  private async ofRunner({ type, ...data }: RunnerEvent & { readonly runnerId: RunnerId }): Promise<void> {
    const streamId = streamIdOf('runner', data.runnerId);
    const expectedVersion = (await this.store.readStream(streamId)).length;
    const metadata = { actor: 'service:spec', correlationId: data.runnerId };
    const events = [{ id: uuidV7(), type, schemaVersion: 1, data, metadata }];
    await this.store.append([{ streamId, expectedVersion, events }]);
  }

  /** The execution's end is recorded by the monitor alone. */
  async executionEnds(
    execution: ExecutionIdentity,
    ending: Partial<ExecutionEnding> = {},
    evidence: Partial<ExecutionEnding['evidence']> = {},
  ): Promise<ExecutionEnding> {
    const full = endingOf(ending, evidence);
    await this.execution({ type: 'RecordEnded', execution, ending: full, at: now() });
    return full;
  }

  /** The execution ends, and the dispatcher draws the consequences. */
  async end(execution: ExecutionIdentity, ending: Partial<ExecutionEnding> = {}): Promise<void> {
    await this.dispatcherHears(execution, await this.executionEnds(execution, ending));
  }

  async fence(execution: ExecutionIdentity): Promise<void> {
    await this.execution({ type: 'FenceExecution', execution, at: now() });
    await this.dispatcherHears(execution, endingOf({ reason: 'fenced' }, { provenGoneAt: null }));
  }

  /** A cancellation of the whole job, or of one task. */
  async cancel(artifacts: ArtifactPolicy | null, task?: SubmittedTask): Promise<CancellationId> {
    const cancellationId = newId('can');
    const { jobId } = this;
    const target = task
      ? { kind: 'task' as const, jobId, taskId: task.taskId, cascade: 'none' as const }
      : { kind: 'job' as const, jobId };
    await this.handle(cancellationDecider, streamIdOf('cancellation', cancellationId), {
      type: 'RequestCancellation',
      cancellationId,
      target,
      options: { force: false, gracePeriodMs: null, signal: null, artifacts },
      reason: { code: 'user-request', text: '' },
      requestedBy: 'user:spec',
      fingerprint: 'spec',
      requestedAt: now(),
      at: now(),
    });
    await this.job({ type: 'BlockDispatch', cancellationId, taskId: task?.taskId ?? null, cascade: 'none', at: now() });
    return cancellationId;
  }

  private dispatcherHears({ taskId, executionId }: ExecutionIdentity, ending: ExecutionEnding): Promise<void> {
    return this.job({ type: 'RecordEnding', taskId, executionId, ending, random: 0, at: now() });
  }

  private job(command: JobCommand): Promise<void> {
    return this.handle(jobDecider, streamIdOf('job', this.jobId), command);
  }

  private execution(command: ExecutionCommand): Promise<void> {
    return this.handle(executionDecider, streamIdOf('execution', command.execution.executionId), command);
  }

  private async handle<State, Command, Event extends DomainEvent>(
    decider: Decider<State, Command, Event>,
    streamId: string,
    command: Command,
  ): Promise<void> {
    const metadata = { actor: 'service:spec', correlationId: this.jobId };
    await handleCommand({ store: this.store, decider, streamId, command, metadata });
  }
}

function endingOf(ending: Partial<ExecutionEnding>, evidence: Partial<ExecutionEnding['evidence']>): ExecutionEnding {
  return {
    reason: 'exited',
    exit: { code: 0, signal: null },
    started: true,
    cancellationId: null,
    error: null,
    ...ending,
    evidence: {
      containment: 'cgroup2',
      assurance: 'kernel',
      signals: [],
      forced: false,
      peakProcesses: 1,
      survivors: 0,
      passes: 1,
      provenGoneAt: now(),
      ...evidence,
    },
  };
}

function now(): string {
  return new Date().toISOString();
}

/** After whatever was done by now. */
function soon(): string {
  return new Date(Date.now() + 1).toISOString();
}
