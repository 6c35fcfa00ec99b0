import {
  type CancellationCommand,
  type CancellationEvent,
  cancellationDecider,
  type CancellationId,
  type CancellationState,
  type CertificateProof,
  type ExecutionEnding,
  type ExecutionId,
  type ExecutionIdentity,
  type JobFacts,
  type JobId,
  type RunnerId,
  type SignalEvidence,
  type TaskId,
} from '@necrocode/domain';
import { formatTraceparent, type TraceContext } from '../context/traceparent.js';
import type { Told } from '../told.js';
import type { TraceSources } from '../trace-sources.js';

/** Casts: the brands of made-up ids. */
export const cancellationId = 'can_1' as CancellationId;
const jobId = 'job_1' as JobId;
const taskId = 'task_train' as TaskId;
const executionId = 'exe_1' as ExecutionId;
const runnerId = 'run_1' as RunnerId;

/** The instant so many ms into the story. */
export const at = (ms: number): string => new Date(Date.UTC(2026, 0, 1) + ms).toISOString();
export const caller: TraceContext = { traceId: 'c0'.repeat(16), spanId: 'ca11e4'.padEnd(16, '0'), sampled: true };
export const submitter: TraceContext = { traceId: '50'.repeat(16), spanId: '5b'.repeat(8), sampled: true };

const proof: CertificateProof = { acknowledgedAt: at(1), traceId: caller.traceId, streamHash: 'sha256:0' };
const execution: ExecutionIdentity = { executionId, jobId, taskId, runnerId, attempt: 1, fencingToken: 7, slot: null };
const sigterm: SignalEvidence = { signal: 'SIGTERM', at: at(3), processes: 2, answer: 'delivered' };
const sigkill: SignalEvidence = { signal: 'SIGKILL', at: at(1_003), processes: 1, answer: 'delivered' };

const facts = (status: 'cancelling' | 'cancelled'): JobFacts => ({
  jobId,
  status,
  runnerId,
  tasks: [{ taskId, key: 'train', status, neverStarted: false, cancellationId }],
  executions: [{ execution, taskKey: 'train', gracePeriodMs: 1_000, signal: 'SIGTERM', signalTo: 'tree' }],
  earlier: [],
  heldSlots: [],
});

const ending = (more: Partial<ExecutionEnding['evidence']> = {}): ExecutionEnding => ({
  reason: 'stopped',
  exit: { code: null, signal: 'SIGTERM' },
  started: true,
  cancellationId,
  error: null,
  evidence: {
    containment: 'cgroup2',
    assurance: 'kernel',
    signals: [sigterm],
    forced: false,
    peakProcesses: 2,
    survivors: 0,
    passes: 1,
    provenGoneAt: at(9),
    ...more,
  },
});

const look = { survivors: 0, heldSlots: 0, openStates: 0, leftFiles: 0 };
const requested: CancellationCommand = {
  type: 'RequestCancellation',
  cancellationId,
  target: { kind: 'job', jobId },
  options: { force: false, gracePeriodMs: null, signal: null, artifacts: null },
  reason: { code: 'user-request', text: 'not for any trace' },
  requestedBy: 'user:ada',
  fingerprint: 'body-1',
  requestedAt: at(0),
  at: at(1),
};
const blocked: CancellationCommand = {
  type: 'RecordDispatchBlocked',
  facts: facts('cancelling'),
  taskIds: [taskId],
  at: at(4),
  proof,
};
const ended: CancellationCommand = { type: 'RecordTermination', execution, ending: ending(), at: at(10), proof };
const cleaned: CancellationCommand = {
  type: 'RecordCleanup',
  report: { artifacts: [], filesRemoved: 3, bytesFreed: 300, leftFiles: 0 },
  at: at(2_012),
  proof,
};
const settled: CancellationCommand = { type: 'RecordJobFacts', facts: facts('cancelled'), at: at(2_013), proof };
const verified: CancellationCommand = {
  type: 'RecordVerification',
  passes: [
    { ...look, at: at(2_014) },
    { ...look, at: at(2_015) },
  ],
  at: at(2_016),
  proof,
};
const joined: CancellationCommand = {
  type: 'JoinCancellation',
  options: requested.options,
  reason: { code: 'other', text: '' },
  requestedBy: 'user:bob',
  at: at(5),
  proof,
};
const failed: CancellationCommand = {
  type: 'RecordStepFailure',
  step: 'clean',
  error: { code: 'cleanup-failed', message: '1 files left' },
  at: at(2_000),
  proof,
};

export type Story = readonly CancellationCommand[];

/** Everything goes well. */
export const smooth: Story = [requested, blocked, ended, settled, cleaned, verified];
/** SIGKILL was needed. */
export const byForce: Story = smooth.map((command): CancellationCommand =>
  command === ended
    ? {
        ...ended,
        ending: ending({ signals: [sigterm, sigkill], forced: true, provenGoneAt: at(1_009) }),
        at: at(1_010),
      }
    : command,
);
/** What ran was ended by another cancellation before this one was asked for. */
export const afterAnother: Story = smooth.map((command): CancellationCommand =>
  command === ended
    ? { ...ended, ending: { ...ending({ provenGoneAt: at(-5) }), cancellationId: 'can_0' as CancellationId } }
    : command,
);
/** The cleanup fails once and is done again. */
export const withRetry: Story = [requested, blocked, ended, failed, cleaned, settled, verified];
/** Another request joins it. */
export const withJoin: Story = [requested, blocked, joined, ended, settled, cleaned, verified];
/** The runner is lost, which is an outcome of its own, and comes back with the proof. */
export const unconfirmedFirst: Story = [
  requested,
  blocked,
  { type: 'RecordFencing', executionId, at: at(1_500), proof },
  ended,
  settled,
  cleaned,
  verified,
];

/** What these commands lead to, as it would be stored: each append a millisecond after its decision. */
export function tellStory(commands: Story, context = caller): readonly Told<CancellationEvent>[] {
  let state: CancellationState = cancellationDecider.initial;
  return commands.flatMap((command, input) => {
    const events = cancellationDecider.decide(command, state);
    state = events.reduce(cancellationDecider.evolve, state);
    const recordedAt = at(Date.parse(command.at) - Date.parse(at(0)) + 1);
    const traceparent = formatTraceparent(command.type === 'JoinCancellation' ? submitter : context);
    return events.map((event, index) => ({ id: `event-${input}-${index}`, recordedAt, traceparent, event }));
  });
}

/** The story with what the other services have stored by then. */
export function sourcesOf(cancellation: readonly Told<CancellationEvent>[]): TraceSources {
  const told = { recordedAt: at(-1), traceparent: formatTraceparent(submitter) };
  const identity = { jobId, runnerId };
  const now = cancellation.at(-1)?.recordedAt ?? at(0);
  return {
    cancellationId,
    cancellation,
    job: [
      { ...told, id: 'job-0', event: { type: 'TaskQueued' as const, taskId, at: at(-2) } },
      {
        ...told,
        id: 'job-1',
        recordedAt: at(3.5),
        event: {
          type: 'DispatchBlocked' as const,
          cancellationId,
          scope: 'job' as const,
          taskIds: [taskId],
          at: at(2),
        },
      },
    ].filter(({ recordedAt }) => recordedAt <= now),
    executions: [
      {
        ...told,
        id: 'exe-0',
        event: { type: 'ExecutionStarted', execution, containment: 'cgroup2', pid: 1, at: at(-1) },
      },
    ],
    cleanups: [
      [
        {
          ...told,
          id: 'cleanup-0',
          recordedAt: at(11),
          event: {
            type: 'CleanupRequested' as const,
            order: { kind: 'job' as const, ...identity, artifacts: [] },
            at: at(11),
          },
        },
        {
          ...told,
          id: 'cleanup-1',
          recordedAt: at(2_011),
          event: {
            type: 'CleanupCompleted' as const,
            jobId,
            kind: 'job' as const,
            report: { artifacts: [], filesRemoved: 3, bytesFreed: 300, leftFiles: 0 },
            at: at(2_010),
          },
        },
      ].filter(({ recordedAt }) => recordedAt <= now),
    ],
  };
}
