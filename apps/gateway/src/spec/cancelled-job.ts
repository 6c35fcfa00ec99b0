import {
  type CancellationId,
  cancellationDecider,
  type CertificateProof,
  cleanupDecider,
  type JobFacts,
} from '@necrocode/domain';
import { newId } from '@necrocode/service-kit';
import { endingOf, now, StoredJob } from './stored-job.js';
import { act } from './test-gateway.js';

/** A job that is cancelled, step by step or from the submission to the certificate. */
export class CancelledJob extends StoredJob {
  readonly cancellationId: CancellationId = newId('can');

  async request(more: { readonly bulkId?: CancellationId } = {}): Promise<void> {
    await this.#onCancellation({
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
    await this.onJob({ type: 'BlockDispatch', cancellationId, taskId: null, cascade: 'dependents', at: now() });
    const facts = this.#facts('cancelling');
    await this.#onCancellation({
      type: 'RecordDispatchBlocked',
      facts,
      taskIds: [this.trainId, this.reportId],
      proof,
      at: now(),
    });
    await this.onExecution({ type: 'RequestStop', execution: this.execution, stop: this.#stop(), at: now() });
  }

  async signal(): Promise<void> {
    const evidence = { signal: 'SIGTERM' as const, at: now(), processes: 3, answer: 'delivered' };
    await this.onExecution({ type: 'RecordSignal', execution: this.execution, evidence, at: now() });
  }

  async end(): Promise<void> {
    const { execution, executionId, trainId, slotId, cancellationId } = this;
    const at = now();
    const ending = endingOf(cancellationId, at);
    await this.onExecution({ type: 'RecordEnded', execution, ending, at });
    await this.onJob({ type: 'RecordEnding', taskId: trainId, executionId, ending, random: 0, at });
    await this.onPool({ type: 'SoilSlot', slotId, executionId, at });
    await this.#onCancellation({ type: 'RecordTermination', execution, ending, proof, at });
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
    await this.onPool({
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
    await this.#onCancellation({ type: 'RecordJobFacts', facts: this.#facts('cancelled'), proof, at });
    await this.#onCancellation({ type: 'RecordCleanup', report, proof, at });
  }

  async certify(): Promise<void> {
    const pass = { survivors: 0, heldSlots: 0, openStates: 0, leftFiles: 0 };
    const passes = [
      { ...pass, at: '2026-01-01T00:00:00.001Z' },
      { ...pass, at: '2026-01-01T00:00:00.002Z' },
    ];
    await this.#onCancellation({ type: 'RecordVerification', passes, proof, at: now() });
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

  #onCancellation(command: Parameters<typeof cancellationDecider.decide>[0]): Promise<void> {
    return act(this.gateway, cancellationDecider, 'cancellation', this.cancellationId, this.jobId, command);
  }
}

const proof: CertificateProof = { acknowledgedAt: '2026-01-01T00:00:00.000Z', traceId: null, streamHash: 'sha256:0' };
