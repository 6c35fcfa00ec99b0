import type { ArtifactRecord } from '../cleanup/cleanup.js';
import type { TaskId } from '../ids.js';
import { isFinalizer } from './finalizers.js';
import type { ArtifactToRestore, ReusedFrom, RunsAgain } from './generation.js';
import type { Job, Task } from './job.js';
import type { JobCommand } from './job-command.js';
import type { JobSpec } from './task-spec.js';

/** Of every start request of the job: with the rest of it, well below what one message may hold (1 MB). */
export const RESTORE_LIMIT_CHARACTERS = 256 * 1024;

type Submission = Pick<Required<Extract<JobCommand, { type: 'SubmitJob' }>>, 'spec' | 'tasks' | 'retryOf'>;

/**
 * The job that does what is left of one that is over: tasks whose results can be taken over are, all others run.
 * @param records what became of its artifacts
 */
export function nextGeneration(job: Job, records: readonly ArtifactRecord[], newTaskId: () => TaskId): Submission {
  const completed = job.tasks.filter((task) => task.progress.status === 'completed' && !isFinalizer(task));
  const again = withNeighbours(completed, whatCannotBeReused(job, completed, records));
  const reused = completed.filter(({ spec }) => !again.has(spec.key));
  const restore = onePerPath(reused.flatMap((task) => artifactsOf(job, task, records) ?? []));
  return {
    spec: withoutDeadline(job.spec),
    tasks: job.tasks.map((task) => {
      const { reusedFrom: _, ...spec } = task.spec;
      return { ...spec, taskId: newTaskId(), ...(reused.includes(task) ? { reusedFrom: originOf(job, task) } : {}) };
    }),
    retryOf: {
      jobId: job.jobId,
      generation: (job.retryOf?.generation ?? 1) + 1,
      runnerId: restore.length === 0 ? null : (job.runnerId ?? job.retryOf?.runnerId ?? null),
      restore,
      runsAgain: [...again].map(([key, because]) => ({ key, because })),
    },
  };
}

function whatCannotBeReused(
  job: Job,
  completed: readonly Task[],
  records: readonly ArtifactRecord[],
): ReadonlyMap<string, RunsAgain> {
  const again = new Map<string, RunsAgain>();
  const failedRestore = job.tasks.some(
    ({ progress }) => progress.status === 'failed' && progress.error.code === 'artifact-not-restored',
  );
  let size = 0;
  for (const task of completed) {
    const { key } = task.spec;
    const artifacts = artifactsOf(job, task, records);
    size += JSON.stringify(artifacts ?? []).length;
    if (failedRestore) again.set(key, 'restore-failed');
    else if (artifacts === null) again.set(key, 'artifacts-gone');
    else if (size > RESTORE_LIMIT_CHARACTERS) again.set(key, 'too-many-artifacts');
  }
  return again;
}

/** What a task that runs again needs, and what needs it, runs again with it: nothing old is mixed with what it makes anew. */
function withNeighbours(completed: readonly Task[], first: ReadonlyMap<string, RunsAgain>): Map<string, RunsAgain> {
  const neighbours = new Map(completed.map(({ spec }) => [spec.key, new Set<string>()]));
  for (const { spec } of completed) {
    for (const key of spec.dependsOn) {
      neighbours.get(key)?.add(spec.key);
      if (neighbours.has(key)) neighbours.get(spec.key)?.add(key);
    }
  }
  const again = new Map(first);
  // A map's keys are walked in the order they are added, those added meanwhile too.
  for (const key of again.keys()) {
    for (const neighbour of neighbours.get(key) ?? []) {
      if (!again.has(neighbour)) again.set(neighbour, 'goes-with-another');
    }
  }
  return again;
}

/** Null: some of them were not kept. Those of a task that was itself reused are where they were. */
function artifactsOf(
  job: Job,
  { spec }: Task,
  records: readonly ArtifactRecord[],
): readonly ArtifactToRestore[] | null {
  const { key, taskId } = spec;
  if (spec.reusedFrom !== undefined) return (job.retryOf?.restore ?? []).filter((artifact) => artifact.key === key);
  const artifacts: ArtifactToRestore[] = [];
  for (const { path, location, digest, policy } of records.filter((record) => record.taskId === taskId)) {
    if (policy !== 'keep' || location === null) return null;
    artifacts.push({ key, path, location, digest });
  }
  return artifacts;
}

/** Patterns of two tasks may have matched one file. */
function onePerPath(artifacts: readonly ArtifactToRestore[]): readonly ArtifactToRestore[] {
  return [...new Map(artifacts.map((artifact) => [artifact.path, artifact])).values()];
}

function originOf({ jobId }: Job, { spec, progress, executionIds }: Task): ReusedFrom {
  if (spec.reusedFrom !== undefined) return spec.reusedFrom;
  const executionId = executionIds.at(-1);
  if (executionId === undefined) throw new Error(`task ${spec.taskId} completed without an execution`);
  const result = 'result' in progress ? { result: progress.result } : {};
  return { jobId, executionId, ...result };
}

/** `Cancel-After` was said of one submission; time-outs belong to the job. */
function withoutDeadline({ deadline: _, ...spec }: Omit<JobSpec, 'tasks'>): Omit<JobSpec, 'tasks'> {
  return spec;
}
