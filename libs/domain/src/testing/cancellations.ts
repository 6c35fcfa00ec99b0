import type { CancellationCommand } from '../cancellation/cancellation-command.js';
import type { CancellationEvent } from '../cancellation/cancellation-event.js';
import type {
  CancellationOptions,
  CancellationState,
  CancellationTarget,
  CertificateProof,
  HeldSlot,
  JobFacts,
  StepName,
  TargetExecution,
  TaskFacts,
  VerificationPass,
} from '../cancellation/cancellation.js';
import { cancellationDecider } from '../cancellation/decider.js';
import type { CleanupReport } from '../cleanup/cleanup.js';
import type { ExecutionEnding } from '../execution/execution.js';
import { ending, execution } from './executions.js';
import { eventsAfter, stateAfter } from './given.js';
import { at, cancellationId, executionId, jobId, now, runnerId, taskId } from './jobs.js';

/** The story: `train` runs and holds a slot, `evaluate` waits for it. */
export const proof: CertificateProof = { acknowledgedAt: at(0.004), traceId: 'trace-1', streamHash: 'sha256:beef' };
const input = { at: now, proof };

export const ofJob: CancellationTarget = { kind: 'job', jobId };
export const ofTask: CancellationTarget = { kind: 'task', jobId, taskId: taskId('train'), cascade: 'dependents' };
export const asTasksSay: CancellationOptions = { force: false, gracePeriodMs: null, signal: null, artifacts: null };
export const report: CleanupReport = { artifacts: [], filesRemoved: 4, bytesFreed: 2_048, leftFiles: 0 };

export const request = (
  target: CancellationTarget = ofJob,
  options: CancellationOptions = asTasksSay,
): Extract<CancellationCommand, { type: 'RequestCancellation' }> => ({
  type: 'RequestCancellation',
  cancellationId,
  target,
  options,
  reason: { code: 'user-request', text: 'enough' },
  requestedBy: 'ada',
  fingerprint: 'body-1',
  requestedAt: at(0),
  at: at(0),
});

export const taskFacts = (key: string, status: TaskFacts['status'], more: Partial<TaskFacts> = {}): TaskFacts => ({
  taskId: taskId(key),
  key,
  status,
  neverStarted: false,
  cancellationId: status === 'cancelled' || status === 'cancelling' ? cancellationId : null,
  ...more,
});
export const target = (key: string, more: Partial<TargetExecution> = {}): TargetExecution => ({
  execution: execution(key),
  taskKey: key,
  gracePeriodMs: 10_000,
  signal: 'SIGTERM',
  signalTo: 'tree',
  ...more,
});
export const heldSlot = (key: string, status: HeldSlot['status'] = 'leased'): HeldSlot => ({
  pool: 'repos',
  slotId: `run_1/repos/${key}`,
  executionId: executionId(`${key}1`),
  status,
});

/** How the dispatcher answers right after the block: the running task is being cancelled, the other was dequeued. */
export const blockedFacts = (more: Partial<JobFacts> = {}): JobFacts => ({
  jobId,
  status: 'cancelling',
  tasks: [taskFacts('train', 'cancelling'), taskFacts('evaluate', 'cancelled', { neverStarted: true })],
  executions: [target('train')],
  earlier: [],
  heldSlots: [heldSlot('train')],
  runnerId,
  ...more,
});
/** How it answers in the end. */
export const settledFacts = (more: Partial<JobFacts> = {}): JobFacts => ({
  ...blockedFacts(),
  status: 'cancelled',
  tasks: [taskFacts('train', 'cancelled'), taskFacts('evaluate', 'cancelled', { neverStarted: true })],
  heldSlots: [],
  ...more,
});

export const recordBlocked = (
  facts = blockedFacts(),
  taskIds = facts.tasks.map((task) => task.taskId),
): CancellationCommand => ({
  type: 'RecordDispatchBlocked',
  facts,
  taskIds,
  ...input,
});
export const recordTermination = (
  key = 'train',
  how: ExecutionEnding = ending('stopped', { cancellationId }),
  ended = execution(key),
): CancellationCommand => ({ type: 'RecordTermination', execution: ended, ending: how, ...input });
export const recordFencing = (key = 'train', traceId: string | null = 'trace-1'): CancellationCommand => ({
  type: 'RecordFencing',
  executionId: executionId(`${key}1`),
  at: now,
  proof: { ...proof, traceId },
});
export const recordFacts = (facts = settledFacts()): CancellationCommand => ({
  type: 'RecordJobFacts',
  facts,
  ...input,
});
export const recordCleanup = (what = report): CancellationCommand => ({
  type: 'RecordCleanup',
  report: what,
  ...input,
});
export const recordVerification = (...passes: VerificationPass[]): CancellationCommand => ({
  type: 'RecordVerification',
  passes,
  ...input,
});
export const recordFailure = (step: StepName, code = 'service-unavailable'): CancellationCommand => ({
  type: 'RecordStepFailure',
  step,
  error: { code, message: 'no answer' },
  ...input,
});
export const join = (options: Partial<CancellationOptions> = {}): CancellationCommand => ({
  type: 'JoinCancellation',
  options: { ...asTasksSay, ...options },
  reason: { code: 'budget', text: 'too dear' },
  requestedBy: 'bob',
  ...input,
});

/** A look `second` seconds into the story. */
export const look = (second: number, found: Partial<VerificationPass> = {}): VerificationPass => ({
  survivors: 0,
  heldSlots: 0,
  openStates: 0,
  leftFiles: 0,
  at: at(second),
  ...found,
});

/** What leads up to the moment each step is open. */
export const untilBlock = [request()];
export const untilTerminate = [...untilBlock, recordBlocked()];
export const untilSideBySide = [...untilTerminate, recordTermination()];
export const untilVerify = [...untilSideBySide, recordFacts(), recordCleanup()];
export const untilCompleted = [...untilVerify, recordVerification(look(51), look(52))];

export const history = (...commands: CancellationCommand[]): CancellationEvent[] =>
  eventsAfter(cancellationDecider, ...commands);
export const stateOf = (...commands: CancellationCommand[]): CancellationState =>
  stateAfter(cancellationDecider, history(...commands));

export const times = <Value>(count: number, value: Value): Value[] => Array.from({ length: count }, () => value);

export const opened = (step: StepName, time = now): CancellationEvent => ({ type: 'StepStarted', step, at: time });
export const done = (
  step: StepName,
  proven: Readonly<Record<string, string | number>>,
  time = now,
): CancellationEvent => ({
  type: 'StepCompleted',
  step,
  evidence: proven,
  at: time,
});
export const recorded = (key = 'train', how = ending('stopped', { cancellationId })): CancellationEvent => ({
  type: 'TerminationRecorded',
  execution: execution(key),
  ending: how,
  at: now,
});
export const sideBySide = [opened('settle-states'), opened('release'), opened('clean')];
