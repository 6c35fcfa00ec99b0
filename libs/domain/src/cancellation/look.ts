import type { ExecutionId, JobId, RunnerId, Timestamp } from '../ids.js';
import type { JobFacts, VerificationPass } from './cancellation.js';
import type { CancellationEffect } from './effects.js';

export type VerifyEffect = Extract<CancellationEffect, { type: 'verify' }>;

/** What one runner answered when it was asked to look. */
export interface RunnerFinding {
  readonly survivors: number;
  readonly leftFiles: number;
}

/** One look from outside: what the runners found and what the job's owner says. */
export function verificationPass(
  effect: VerifyEffect,
  facts: JobFacts,
  findings: readonly RunnerFinding[],
  at: Timestamp,
): VerificationPass {
  const sum = (pick: (finding: RunnerFinding) => number): number =>
    findings.reduce((total, finding) => total + pick(finding), 0);
  return {
    survivors: sum(({ survivors }) => survivors),
    leftFiles: sum(({ leftFiles }) => leftFiles),
    heldSlots: heldSlots(effect, facts),
    openStates: openStates(effect, facts),
    at,
  };
}

/** What one runner is asked to look for. */
export interface RunnerLook {
  readonly runnerId: RunnerId;
  readonly executionIds: readonly ExecutionId[];
  /** Whose workspace is to be gone; null: nobody's. */
  readonly jobId: JobId | null;
}

/** Where a second look has to be taken: wherever something of it ran, and where its workspace is. */
export function runnerLooks({ executions, earlier, runnerId, jobId, wholeJob }: VerifyEffect): readonly RunnerLook[] {
  const all = [...executions, ...earlier];
  const runners = new Set(all.map((execution) => execution.runnerId));
  if (runnerId !== null) runners.add(runnerId);
  return [...runners].map((there) => ({
    runnerId: there,
    executionIds: all.filter((execution) => execution.runnerId === there).map(({ executionId }) => executionId),
    jobId: wholeJob ? jobId : null,
  }));
}

/** Slots the cancelled executions still hold. */
function heldSlots({ executions }: Pick<VerifyEffect, 'executions'>, facts: Pick<JobFacts, 'heldSlots'>): number {
  const mine = new Set(executions.map(({ executionId }) => executionId));
  return facts.heldSlots.filter((slot) => mine.has(slot.executionId)).length;
}

const OVER: ReadonlySet<string> = new Set(['completed', 'failed', 'cancelled', 'skipped']);

/** Target tasks, and for a job-wide cancellation the job, that are not terminal. */
function openStates(
  { taskIds, wholeJob }: Pick<VerifyEffect, 'taskIds' | 'wholeJob'>,
  facts: Pick<JobFacts, 'tasks' | 'status'>,
): number {
  const targets = new Set(taskIds);
  const open = facts.tasks.filter((task) => targets.has(task.taskId) && !OVER.has(task.status)).length;
  return open + (wholeJob && !OVER.has(facts.status) ? 1 : 0);
}
