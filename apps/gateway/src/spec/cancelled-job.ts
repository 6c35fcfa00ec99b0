import {
  type CancellationId,
  cancellationDecider,
  type CertificateProof,
  cleanupDecider,
  type ExecutionEnding,
  type ExecutionId,
  type ExecutionIdentity,
  executionDecider,
  type JobFacts,
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
export class CancelledJob {
  readonly jobId: JobId = newId('job');
  readonly cancellationId: CancellationId = newId('can');
  readonly runnerId: RunnerId = newId('run');
  readonly trainId: TaskId = newId('task');
  readonly reportId: TaskId = newId('task');
  readonly executionId: ExecutionId = newId('exe');
  readonly slotId: SlotId;
  readonly execution: ExecutionIdentity;

  constructor(
    private readonly gateway: TestGateway,
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
    await this.#job({ type: 'SubmitJob', jobId: this.jobId, spec, tasks, at: now() });
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
    await this.#job({
      type: 'AssignTask',
      taskId: trainId,
      assignment: { executionId, runnerId, fencingToken, slot },
      at,
    });
    await this.#pool({
      type: 'LeaseSlot',
      slotId,
      holder: { executionId, jobId: this.jobId, taskId: trainId, fencingToken },
      at,
    });
    await this.#execution({ type: 'RecordStarted', execution, containment: 'cgroup2', pid: 4242, at });
    await this.#job({ type: 'RecordStart', taskId: trainId, executionId, at });
  }

  async request(more: { readonly bulkId?: CancellationId } = {}): Promise<void> {
    await this.#cancellation({
      type: 'RequestCancellation',
      cancellationId: this.cancellationId,
      target: { kind: 'job', jobId: this.jobId },
      options: { force: false, gracePeriodMs: null, signal: null, artifacts: null },
      reason: { code: 'user-request', text: 'enough' },
      requestedBy: 'user:local',
      fingerprint: 'sha256:0',
      requestedAt: now(),
      ...more,
      at: now(),
    });
  }

  async block(): Promise<void> {
    const { cancellationId } = this;
    await this.#job({ type: 'BlockDispatch', cancellationId, taskId: null, cascade: 'dependents', at: now() });
    const facts = this.#facts('cancelling');
    await this.#cancellation({
      type: 'RecordDispatchBlocked',
      facts,
      taskIds: [this.trainId, this.reportId],
      proof,
      at: now(),
    });
    await this.#execution({ type: 'RequestStop', execution: this.execution, stop: this.#stop(), at: now() });
  }

  async signal(): Promise<void> {
    const evidence = { signal: 'SIGTERM' as const, at: now(), processes: 3, answer: 'delivered' };
    await this.#execution({ type: 'RecordSignal', execution: this.execution, evidence, at: now() });
  }

  async end(): Promise<void> {
    const { execution, executionId, trainId, slotId, cancellationId } = this;
    const at = now();
    const ending = endingOf(cancellationId, at);
    await this.#execution({ type: 'RecordEnded', execution, ending, at });
    await this.#job({ type: 'RecordEnding', taskId: trainId, executionId, ending, random: 0, at });
    await this.#pool({ type: 'SoilSlot', slotId, executionId, at });
    await this.#cancellation({ type: 'RecordTermination', execution, ending, proof, at });
  }

  /** The first task ends without success, and the job with it. */
  async fail(reason: 'exited' | 'timed-out'): Promise<void> {
    const { execution, executionId, trainId } = this;
    const at = now();
    const ending = { ...endingOf(this.cancellationId, at), reason, cancellationId: null };
    await this.#execution({ type: 'RecordEnded', execution, ending, at });
    await this.#job({ type: 'RecordEnding', taskId: trainId, executionId, ending, random: 0, at });
  }

  /** Both tasks end with success. */
  async complete(): Promise<void> {
    const { trainId, reportId, executionId, runnerId } = this;
    const at = now();
    const ending = {
      ...endingOf(this.cancellationId, at),
      reason: 'exited' as const,
      exit: { code: 0, signal: null },
      cancellationId: null,
    };
    await this.#job({ type: 'RecordEnding', taskId: trainId, executionId, ending, random: 0, at });
    const second = newId('exe');
    const assignment = { executionId: second, runnerId, fencingToken: 8, slot: null };
    await this.#job({ type: 'AssignTask', taskId: reportId, assignment, at });
    await this.#job({ type: 'RecordEnding', taskId: reportId, executionId: second, ending, random: 0, at });
  }

  async clean(): Promise<void> {
    const { jobId, runnerId, slotId, executionId } = this;
    const at = now();
    const artifact = {
      taskId: this.trainId,
      path: 'model.json',
      bytes: 12,
      digest: 'sha256:1',
      policy: 'keep' as const,
      location: 'kept/model.json',
    };
    const report = { artifacts: [artifact], filesRemoved: 3, bytesFreed: 300, leftFiles: 0 };
    await this.#pool({
      type: 'FreeSlot',
      slotId,
      executionId,
      evidence: { kind: 'counted', leftEntries: 0, checkedAt: at },
      at,
    });
    await act(this.gateway, cleanupDecider, 'cleanup', jobId, jobId, {
      type: 'RequestCleanup',
      order: { kind: 'job', jobId, runnerId, artifacts: [] },
      at,
    });
    await act(this.gateway, cleanupDecider, 'cleanup', jobId, jobId, { type: 'RecordCleanupDone', report, at });
    await this.#cancellation({ type: 'RecordJobFacts', facts: this.#facts('cancelled'), proof, at });
    await this.#cancellation({ type: 'RecordCleanup', report, proof, at });
  }

  async certify(): Promise<void> {
    const pass = { survivors: 0, heldSlots: 0, openStates: 0, leftFiles: 0 };
    const passes = [
      { ...pass, at: '2026-01-01T00:00:00.001Z' },
      { ...pass, at: '2026-01-01T00:00:00.002Z' },
    ];
    await this.#cancellation({ type: 'RecordVerification', passes, proof, at: now() });
  }

  /** From the submission to the certificate. */
  async live(more: { readonly bulkId?: CancellationId } = {}): Promise<void> {
    await this.registerRunner();
    await this.submit();
    await this.start();
    await this.request(more);
    await this.block();
    await this.signal();
    await this.end();
    await this.clean();
    await this.certify();
  }

  #facts(status: 'cancelling' | 'cancelled'): JobFacts {
    const { jobId, runnerId, cancellationId, executionId, slotId } = this;
    const held = { pool: 'gpu', slotId, executionId, status: 'leased' as const };
    return {
      jobId,
      status,
      runnerId,
      tasks: [
        { taskId: this.trainId, key: 'train', status, neverStarted: false, cancellationId },
        { taskId: this.reportId, key: 'report', status: 'cancelled', neverStarted: true, cancellationId },
      ],
      executions: [
        { execution: this.execution, taskKey: 'train', gracePeriodMs: 10_000, signal: 'SIGTERM', signalTo: 'tree' },
      ],
      earlier: [],
      heldSlots: status === 'cancelling' ? [held] : [],
    };
  }

  #stop() {
    const { cancellationId } = this;
    return {
      cancellationId,
      signal: 'SIGTERM' as const,
      signalTo: 'tree' as const,
      gracePeriodMs: 10_000,
      force: false,
    };
  }

  #job(command: Parameters<typeof jobDecider.decide>[0]): Promise<void> {
    return act(this.gateway, jobDecider, 'job', this.jobId, this.jobId, command);
  }

  #pool(command: Parameters<typeof slotPoolDecider.decide>[0]): Promise<void> {
    return act(this.gateway, slotPoolDecider, 'slot-pool', 'gpu', this.jobId, command);
  }

  #execution(command: Parameters<typeof executionDecider.decide>[0]): Promise<void> {
    return act(this.gateway, executionDecider, 'execution', this.executionId, this.jobId, command);
  }

  #cancellation(command: Parameters<typeof cancellationDecider.decide>[0]): Promise<void> {
    return act(this.gateway, cancellationDecider, 'cancellation', this.cancellationId, this.jobId, command);
  }
}

const proof: CertificateProof = { acknowledgedAt: '2026-01-01T00:00:00.000Z', traceId: null, streamHash: 'sha256:0' };

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

function endingOf(cancellationId: CancellationId, at: string): ExecutionEnding {
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

function now(): string {
  return new Date().toISOString();
}
