import {
  cancellationDecider,
  type CancellationId,
  type CancellationOptions,
  type CancellationTarget,
  type JobCommand,
  type JobId,
  type TaskId,
} from '@necrocode/domain';
import type { JobPlan, Scenario, Wish } from '../scenario/scenario.js';
import { ask } from '../services/ask.js';
import type { Site } from '../services/site.js';
import { foldStream } from '../services/streams/fold-stream.js';
import { Host } from '../world/host.js';
import type { Life } from '../world/life.js';
import { Unavailable } from '../world/unavailable.js';
import type { Program } from '../reality/program.js';

/** What was promised to somebody, and has to come true. */
export interface Promised {
  readonly submitted: Set<JobId>;
  readonly accepted: Set<CancellationId>;
  readonly bulks: Set<CancellationId>;
  /** Told to a user, and not so. */
  readonly untrue: string[];
}

type Cancel = Extract<Wish, { kind: 'cancel-job' | 'cancel-task' }>;

const again = async <Value>(life: Life, work: () => Promise<Value>): Promise<Value> => {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      await life.pause(400);
    }
  }
};

/** Users: they submit and ask, again under the same key until they have an answer, and remember what they were told. */
export function startClients(site: Site, scenario: Scenario, programs: Map<string, Program>, promised: Promised): void {
  const { world } = site;
  const host = new Host(world, 'users', (life) => {
    scenario.jobs.forEach((plan, index) => life.after(plan.atMs, () => life.run(() => submit(life, plan, index))));
    scenario.wishes.forEach((wish, index) =>
      life.after(whenOf(wish, scenario), () => life.run(() => carryOut(life, wish, index))),
    );
  });
  host.start();

  /** Whoever is told that it is accepted may rely on it, whatever dies from now on. */
  function accept(id: CancellationId): void {
    promised.accepted.add(id);
    if (site.access.store.stream(`cancellation-${id}`).length === 0)
      promised.untrue.push(`${id} is accepted and not stored`);
  }

  function expectForce(id: CancellationId): void {
    const state = foldStream(cancellationDecider, site.access.store.stream(`cancellation-${id}`));
    const isOver = state.status === 'unknown' || state.status === 'completed' || state.status === 'undone';
    if (!isOver && !state.options.force) promised.untrue.push(`${id} was joined by force and is not forced`);
  }

  async function submit(life: Life, plan: JobPlan, index: number): Promise<void> {
    const command = submission(withoutHopes(plan, scenario), index, programs, world.clock());
    try {
      await again(life, () => ask(life, site.dispatcher, (dispatcher) => dispatcher.submit(command)));
    } finally {
      promised.submitted.add(command.jobId);
    }
  }

  async function carryOut(life: Life, wish: Wish, index: number): Promise<void> {
    const id = wishId(index);
    const commandId = `wish/${index}`;
    if (wish.kind === 'undo') {
      const undone = wishId(wish.wish % scenario.wishes.length);
      await again(life, () => ask(life, site.cancellations, (service) => service.undo(undone, commandId)));
      return;
    }
    const options = optionsOf(wish);
    const asked = {
      cancellationId: id,
      options,
      reason: { code: 'user-request' as const, text: '' },
      requestedBy: 'ada',
      fingerprint: commandId,
      requestedAt: world.clock(),
    };
    if (wish.kind === 'cancel-all') {
      const request = { ...asked, target: { kind: 'queue' as const, queue: 'default', mode: 'everything' as const } };
      const any = await again(life, () => ask(life, site.cancellations, (service) => service.bulks.request(request)));
      if (any) promised.bulks.add(id);
      return;
    }
    const target = targetOf(wish, scenario);
    const window = wish.kind === 'cancel-job' && wish.undoWindowMs !== null ? { undoWindowMs: wish.undoWindowMs } : {};
    const answer = await again(life, () =>
      ask(life, site.cancellations, (service) => service.request({ ...asked, target, ...window }, commandId)),
    );
    world.tell('users', `are told "${answer.result}" (${String(answer.cancellationId)})`);
    world.reach(`answered-${answer.result}`);
    if (answer.result === 'accepted' && answer.cancellationId) accept(answer.cancellationId);
    if (answer.result === 'joined' && answer.cancellationId && wish.force) expectForce(answer.cancellationId);
  }
}

/** A task that needs a slot nobody offers would wait for ever, and rightly. */
function withoutHopes(plan: JobPlan, { runners }: Scenario): JobPlan {
  if (runners.some(({ slots }) => slots > 0)) return plan;
  return { ...plan, tasks: plan.tasks.map((task) => ({ ...task, usesSlot: false })) };
}

/** An undo comes so long after what it undoes. */
function whenOf(wish: Wish, { wishes }: Scenario): number {
  const undone = wish.kind === 'undo' ? wishes[wish.wish % wishes.length] : undefined;
  return undone ? wish.atMs + undone.atMs : wish.atMs;
}

function optionsOf({ force, graceMs }: Exclude<Wish, { kind: 'undo' }>): CancellationOptions {
  return { force, gracePeriodMs: graceMs, signal: null, artifacts: null };
}

function targetOf(wish: Cancel, { jobs }: Scenario): CancellationTarget {
  const job = wish.job % jobs.length;
  const jobId = jobIdOf(job);
  if (wish.kind === 'cancel-job') return { kind: 'job', jobId };
  const count = jobs[job]?.tasks.length ?? 1;
  return { kind: 'task', jobId, taskId: taskIdOf(job, wish.task % count), cascade: wish.cascade };
}

function submission(
  { tasks, priority, deadlineMs }: JobPlan,
  index: number,
  programs: Map<string, Program>,
  at: string,
): Extract<JobCommand, { type: 'SubmitJob' }> {
  return {
    type: 'SubmitJob',
    jobId: jobIdOf(index),
    spec: {
      name: 'job',
      queue: 'default',
      priority,
      labels: {},
      metadata: {},
      owner: 'ada',
      ...(deadlineMs === null ? {} : { deadline: { afterMs: deadlineMs } }),
    },
    tasks: tasks.map((plan, place) => {
      const taskId = taskIdOf(index, place);
      const { behaviour, runMs, children } = plan;
      programs.set(taskId, { behaviour, runMs, children, exitCode: plan.fails ? 1 : 0 });
      const isFinalizer = plan.finalizer !== null;
      const before = plan.dependsOn.filter((on) => on < place && tasks[on]?.finalizer === null);
      return {
        taskId,
        key: `t${place}`,
        command: ['work'],
        env: {},
        workingDirectory: 'workspace' as const,
        dependsOn: isFinalizer ? [] : before.map((on) => `t${on}`),
        slotPool: plan.usesSlot ? 'repos' : null,
        retry: { maxAttempts: plan.attempts, backoff: { initialMs: 200, factor: 2, maxMs: 2_000, jitter: 0.1 } },
        timeoutMs: isFinalizer ? 6_000 : null,
        gracePeriodMs: plan.graceMs,
        signal: 'SIGTERM' as const,
        signalTo: 'tree' as const,
        artifacts: [],
        onCancelArtifacts: 'keep' as const,
        optional: plan.optional,
        ...(plan.finalizer === null ? {} : { always: plan.finalizer }),
      };
    }),
    at,
  };
}

// Brands: where jobs, tasks and cancellations are named.
const jobIdOf = (index: number): JobId => `job_${index}` as JobId;
const taskIdOf = (job: number, place: number): TaskId => `task_${job}${'abcd'[place] ?? place}` as TaskId;
const wishId = (index: number): CancellationId => `can_wish${index}` as CancellationId;
