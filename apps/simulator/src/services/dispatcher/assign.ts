import { streamIdOf } from '@necrocode/contracts';
import {
  type Candidate,
  type DispatchedJob,
  type ExecutionId,
  type ExecutionIdentity,
  isParked,
  type JobId,
  type OpenRunner,
  placeTasks,
} from '@necrocode/domain';
import type { StoreClient } from '../../store/store-client.js';
import type { Life } from '../../world/life.js';
import type { Site } from '../site.js';
import { appendTogether } from '../streams/append-together.js';
import { type JobStreams, type Loaded, POOL } from './job-streams.js';

type Jobs = ReadonlyMap<JobId, Loaded<DispatchedJob>>;

/**
 * One round of assigning: the real placement; what `claimTasks` and `lockPlaces` take from rows is taken from the streams.
 * @returns what was assigned and is to be started
 */
export async function assignReady(
  life: Life,
  site: Site,
  store: StoreClient,
  streams: JobStreams,
): Promise<readonly ExecutionIdentity[]> {
  let identities: readonly ExecutionIdentity[] = [];
  const decide = async () => {
    identities = [];
    const jobs = await streams.loadAll([...site.tables.openJobs]);
    const pool = await streams.loadPool();
    const runners = openRunners(site, jobs);
    const candidates = candidatesIn(jobs, site, life.now());
    if (runners.length === 0 || candidates.length === 0) return [];
    const states = new Map([...jobs].map(([jobId, { state }]) => [jobId, state]));
    const placed = placeTasks({ runners, jobs: states, pools: new Map([[POOL, pool.state]]) }, candidates, life.now());
    identities = placed.assigned.map(({ job, task, assignment }) => ({
      ...assignment,
      jobId: job.jobId,
      taskId: task.spec.taskId,
    }));
    return [
      ...[...placed.jobs].map(([jobId, { events }]) => ({
        streamId: streamIdOf('job', jobId),
        expectedVersion: jobs.get(jobId)?.version ?? 0,
        events,
        correlationId: jobId,
      })),
      ...[...placed.pools].map(([id, { events }]) => ({
        streamId: streamIdOf('slot-pool', id),
        expectedVersion: pool.version,
        events,
      })),
    ];
  };
  const cause = { id: site.world.newId('assign'), actor: 'service:dispatcher', correlationId: POOL };
  await appendTogether(store, decide, cause);
  return identities;
}

function openRunners({ tables, agents }: Site, jobs: Jobs): readonly OpenRunner[] {
  return [...tables.offers].flatMap(([runnerId, { status, capacity, slotIds }]) => {
    if (status !== 'ready' && status !== 'draining') return [];
    const taken = [...jobs.values()].flatMap(({ state: { job } }) =>
      job.status === 'unknown'
        ? []
        : job.tasks.filter(({ progress }) => 'assignment' in progress && progress.assignment.runnerId === runnerId),
    ).length;
    const free = capacity - taken;
    return free < 1 || !agents.has(runnerId)
      ? []
      : [
          {
            runnerId,
            free,
            takesNewJobs: status === 'ready',
            handlers: [],
            slotPools: slotIds.length > 0 ? [POOL] : [],
            slotIds,
          },
        ];
  });
}

/** Ready tasks that nobody holds back, those of higher priority first. */
function candidatesIn(jobs: Jobs, { tables, world }: Site, at: string): readonly Candidate[] {
  const ready = [...jobs].flatMap(
    ([
      jobId,
      {
        state: { job },
      },
    ]) => {
      if (job.status === 'unknown') return [];
      return job.tasks
        .filter(({ spec, progress }) => {
          const isDue = progress.status === 'queued' || (progress.status === 'retrying' && progress.notBefore <= at);
          return isDue && !isParked(job, spec.taskId);
        })
        .map(({ spec: { taskId, slotPool } }) => ({ jobId, taskId, slotPool, priority: job.spec.priority }));
    },
  );
  return ready
    .sort((a, b) => b.priority - a.priority)
    .map(({ jobId, taskId, slotPool }) => ({
      jobId,
      taskId,
      slotPool,
      fencingToken: (tables.fencingToken += 1),
      executionId: world.newId('exe') as ExecutionId, // Brand: where executions are named.
    }));
}
