import {
  type CancellationId,
  type ExecutionEnding,
  type ExecutionId,
  type ExecutionIdentity,
  executionDecider,
  type JobId,
  jobDecider,
  type RunnerId,
  runnerDecider,
  type SlotId,
  slotPoolDecider,
  type SubmittedTask,
  type TaskId,
} from '@necrocode/domain';
import { newId } from '@necrocode/service-kit';
import { act, type TestGateway } from './test-gateway.js';

/** A job of two tasks, the second behind the first, as the services would make it go; each part appends what its owner would. */
export class StoredJob {
  readonly jobId: JobId = newId('job');
  readonly runnerId: RunnerId = newId('run');
  readonly trainId: TaskId = newId('task');
  readonly reportId: TaskId = newId('task');
  readonly executionId: ExecutionId = newId('exe');
  readonly slotId: SlotId;
  readonly execution: ExecutionIdentity;

  constructor(
    protected readonly gateway: TestGateway,
    private readonly spec: {
      readonly name?: string;
      readonly queue?: string;
      readonly labels?: Record<string, string>;
    } = {},
  ) {
    // Cast: the form `<runner>/<pool>/<number>` is what makes it a slot id.
    this.slotId = `${this.runnerId}/gpu/1` as SlotId;
    this.execution = {
      executionId: this.executionId,
      jobId: this.jobId,
      taskId: this.trainId,
      runnerId: this.runnerId,
      attempt: 1,
      fencingToken: 7,
      slot: { pool: 'gpu', slotId: this.slotId, kind: 'counted' },
    };
  }

  async submit(): Promise<void> {
    const { name = 'train', queue = 'default', labels = {} } = this.spec;
    const tasks = [task(this.trainId, 'train', []), task(this.reportId, 'report', ['train'])];
    const spec = { name, queue, labels, priority: 50, metadata: { note: 'kept' }, owner: 'user:local' };
    await this.onJob({ type: 'SubmitJob', jobId: this.jobId, spec, tasks, at: now() });
  }

  async registerRunner(): Promise<void> {
    const slot = { slotId: this.slotId, runnerId: this.runnerId, kind: 'counted' as const };
    const runner = {
      runnerId: this.runnerId,
      host: 'here',
      bootId: 'boot',
      capacity: 4,
      containment: 'cgroup2' as const,
      labels: {},
      slots: [{ ...slot, pool: 'gpu' }],
      version: '0.1.0',
    };
    const { runnerId } = this;
    await act(this.gateway, runnerDecider, 'runner', runnerId, runnerId, {
      type: 'RegisterRunner',
      runner,
      sessionId: 'one',
      at: now(),
    });
    await act(this.gateway, slotPoolDecider, 'slot-pool', 'gpu', 'gpu', {
      type: 'AddSlots',
      pool: 'gpu',
      slots: [slot],
      at: now(),
    });
  }

  async start(): Promise<void> {
    const { execution, executionId, runnerId, trainId, slotId } = this;
    const { fencingToken, slot } = execution;
    const at = now();
    await this.onJob({
      type: 'AssignTask',
      taskId: trainId,
      assignment: { executionId, runnerId, fencingToken, slot },
      at,
    });
    await this.onPool({
      type: 'LeaseSlot',
      slotId,
      holder: { executionId, jobId: this.jobId, taskId: trainId, fencingToken },
      at,
    });
    await this.onExecution({ type: 'RecordStarted', execution, containment: 'cgroup2', pid: 4242, at });
    await this.onJob({ type: 'RecordStart', taskId: trainId, executionId, at });
  }

  /** The first task ends without success, and the job with it. */
  async fail(reason: 'exited' | 'timed-out'): Promise<void> {
    const { execution, executionId, trainId } = this;
    const at = now();
    const ending = { ...endingOf(null, at), reason };
    await this.onExecution({ type: 'RecordEnded', execution, ending, at });
    await this.onJob({ type: 'RecordEnding', taskId: trainId, executionId, ending, random: 0, at });
  }

  /** Both tasks end with success. */
  async complete(): Promise<void> {
    const { trainId, reportId, executionId, runnerId } = this;
    const at = now();
    const ending = {
      ...endingOf(null, at),
      reason: 'exited' as const,
      exit: { code: 0, signal: null },
    };
    await this.onJob({ type: 'RecordEnding', taskId: trainId, executionId, ending, random: 0, at });
    const second = newId('exe');
    const assignment = { executionId: second, runnerId, fencingToken: 8, slot: null };
    await this.onJob({ type: 'AssignTask', taskId: reportId, assignment, at });
    await this.onJob({ type: 'RecordEnding', taskId: reportId, executionId: second, ending, random: 0, at });
  }

  protected onJob(command: Parameters<typeof jobDecider.decide>[0]): Promise<void> {
    return act(this.gateway, jobDecider, 'job', this.jobId, this.jobId, command);
  }

  protected onPool(command: Parameters<typeof slotPoolDecider.decide>[0]): Promise<void> {
    return act(this.gateway, slotPoolDecider, 'slot-pool', 'gpu', this.jobId, command);
  }

  protected onExecution(command: Parameters<typeof executionDecider.decide>[0]): Promise<void> {
    return act(this.gateway, executionDecider, 'execution', this.executionId, this.jobId, command);
  }
}

function task(taskId: TaskId, key: string, dependsOn: readonly string[]): SubmittedTask {
  return {
    taskId,
    key,
    command: ['node', `${key}.js`],
    env: { SECRET: 'hidden' },
    workingDirectory: 'workspace',
    dependsOn,
    slotPool: null,
    retry: { maxAttempts: 1, backoff: { initialMs: 500, factor: 2, maxMs: 30_000, jitter: 0 } },
    timeoutMs: null,
    gracePeriodMs: 10_000,
    signal: 'SIGTERM',
    signalTo: 'tree',
    artifacts: [],
    onCancelArtifacts: 'keep',
    optional: false,
  };
}

/** An end by a stop that was proven; null: of no cancellation. */
export function endingOf(cancellationId: CancellationId | null, at: string): ExecutionEnding {
  return {
    reason: 'stopped',
    exit: { code: null, signal: 'SIGTERM' },
    started: true,
    cancellationId,
    error: null,
    evidence: {
      containment: 'cgroup2',
      assurance: 'kernel',
      signals: [{ signal: 'SIGTERM', at, processes: 3, answer: 'delivered' }],
      forced: false,
      peakProcesses: 3,
      survivors: 0,
      passes: 1,
      provenGoneAt: at,
    },
  };
}

export function now(): string {
  return new Date().toISOString();
}
