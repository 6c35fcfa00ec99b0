import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { cleanerCommands } from '@necrocode/contracts';
import type { CancellationId, JobId, TaskId, Timestamp } from '@necrocode/domain';
import { newId } from '@necrocode/service-kit';
import { eventually } from '@necrocode/testing';
import { openWorld, type World } from '../testing/cleaner.js';
import { aTask, JobStory } from '../testing/job-story.js';
import { REPORT, ScriptedRunner } from '../testing/scripted-runner.js';

const NOT_DONE = { done: false, report: null };

describe('asking for a cleanup', () => {
  let world: World;
  const runners: ScriptedRunner[] = [];

  beforeAll(async () => {
    world = await openWorld();
    await world.startReplica();
  });
  afterEach(() => runners.splice(0).forEach((runner) => runner.disconnect()));
  afterAll(() => world.close());

  function connected(): ScriptedRunner {
    const runner = new ScriptedRunner(world.connection).connect();
    runners.push(runner);
    return runner;
  }

  async function submitted(...tasks: ReturnType<typeof aTask>[]): Promise<JobStory> {
    const story = new JobStory(world.store, tasks);
    await story.submit();
    return story;
  }

  function ask(jobId: JobId, cancellationId: CancellationId, taskIds: TaskId[] | null, foundAt?: Timestamp) {
    const body = { jobId, cancellationId, taskIds, ...(foundAt === undefined ? {} : { foundAt }) };
    return world.commands.ask(cleanerCommands.clean, body, { actor: 'service:spec' });
  }

  const typesOf = async (streamId: string) => (await world.eventsOf(streamId)).map(({ type }) => type);

  it('of a job that is not over is too early, and starts nothing', async () => {
    const runner = connected();
    const task = aTask('running');
    const story = await submitted(task);
    await story.start(task, runner.runnerId);
    const cancellationId = await story.cancel(null);
    expect(await ask(story.jobId, cancellationId, null)).toEqual(NOT_DONE);
    expect(await typesOf(story.cleanup)).toEqual([]);
    expect(runner.requests).toEqual([]);
  });

  it('of a job that is over is answered with the report, asked once or again', async () => {
    const runner = connected();
    const task = aTask('over');
    const story = await submitted(task);
    const execution = await story.start(task, runner.runnerId);
    const cancellationId = await story.cancel(null);
    await story.end(execution, { reason: 'stopped', cancellationId });
    await eventually(async () =>
      expect(await ask(story.jobId, cancellationId, null)).toEqual({ done: true, report: REPORT }),
    );
    expect(await ask(story.jobId, cancellationId, null)).toEqual({ done: true, report: REPORT });
    expect(await typesOf(story.cleanup)).toEqual(['CleanupRequested', 'CleanupCompleted']);
    // The event and the question may both have begun: the runner is asked for one thing, perhaps twice (docs/adr/0116).
    expect(new Set(runner.requests.map((request) => JSON.stringify(request))).size).toBe(1);
  });

  it('of a job where files were found after it was done is done once more, and answered with what was done in all', async () => {
    const runner = connected();
    const task = aTask('outlived');
    const story = await submitted(task);
    const execution = await story.start(task, runner.runnerId);
    const cancellationId = await story.cancel(null);
    await story.end(execution, { reason: 'stopped', cancellationId });
    const before = new Date().toISOString();
    await eventually(async () => expect(await ask(story.jobId, cancellationId, null)).toMatchObject({ done: true }));
    const asked = runner.requests.length;
    expect(await ask(story.jobId, cancellationId, null, before)).toEqual({ done: true, report: REPORT });
    expect(runner.requests).toHaveLength(asked);
    const found = new Date(Date.now() + 1).toISOString();
    const again = { done: true, report: { ...REPORT, filesRemoved: 6, bytesFreed: 2_468 } };
    await eventually(async () => expect(await ask(story.jobId, cancellationId, null, found)).toEqual(again));
    // An agent answers a repetition from memory: this must not be one.
    expect(runner.requests.at(-1)).toMatchObject({ kind: 'workspace', foundAt: found });
    expect(await typesOf(story.cleanup)).toEqual([
      'CleanupRequested',
      'CleanupCompleted',
      'CleanupReopened',
      'CleanupCompleted',
    ]);
  });

  it('of some tasks handles their artifacts and leaves the workspace to the rest', async () => {
    const runner = connected();
    const [cancelled, going] = [aTask('cancelled', { onCancelArtifacts: 'delete' }), aTask('going')];
    const story = await submitted(cancelled, going);
    const execution = await story.start(cancelled, runner.runnerId);
    await story.start(going, runner.runnerId);
    const cancellationId = await story.cancel(null, cancelled);
    await story.end(execution, { reason: 'stopped', cancellationId });
    expect(await ask(story.jobId, cancellationId, [cancelled.taskId])).toEqual({ done: true, report: REPORT });
    expect(runner.requests).toEqual([
      {
        kind: 'workspace',
        jobId: story.jobId,
        removeWorkspace: false,
        artifacts: [{ taskId: cancelled.taskId, key: 'cancelled', globs: ['cancelled/**'], policy: 'delete' }],
      },
    ]);
    expect(await typesOf(`cleanup-${cancellationId}`)).toEqual(['CleanupRequested', 'CleanupCompleted']);
    expect(await typesOf(story.cleanup)).toEqual([]);
  });

  it('of tasks that made nothing is done without a word to the runner', async () => {
    const runner = connected();
    const [bare, going] = [aTask('bare', { artifacts: [] }), aTask('going')];
    const story = await submitted(bare, going);
    const execution = await story.start(bare, runner.runnerId);
    await story.start(going, runner.runnerId);
    const cancellationId = await story.cancel(null, bare);
    await story.end(execution, { reason: 'stopped', cancellationId });
    expect(await ask(story.jobId, cancellationId, [bare.taskId])).toMatchObject({ done: true });
    expect(runner.requests).toEqual([]);
  });

  it('of tasks that may still be alive waits for them', async () => {
    const runner = connected();
    const [alive, going] = [aTask('alive'), aTask('going')];
    const story = await submitted(alive, going);
    const execution = await story.start(alive, runner.runnerId);
    await story.start(going, runner.runnerId);
    const cancellationId = await story.cancel(null, alive);
    await story.fence(execution);
    expect(await ask(story.jobId, cancellationId, [alive.taskId])).toEqual(NOT_DONE);
    expect(runner.requests).toEqual([]);
    await story.executionEnds(execution, { reason: 'lease-lost' });
    await eventually(async () =>
      expect(await ask(story.jobId, cancellationId, [alive.taskId])).toEqual({ done: true, report: REPORT }),
    );
  });

  it('that takes longer than the caller waits is answered so, and goes on; asking again does not ask the runner again', async () => {
    const runner = connected();
    runner.script.push(null);
    const [slow, going] = [aTask('slow'), aTask('going')];
    const story = await submitted(slow, going);
    const execution = await story.start(slow, runner.runnerId);
    await story.start(going, runner.runnerId);
    const cancellationId = await story.cancel(null, slow);
    await story.end(execution, { reason: 'stopped', cancellationId });
    const answers = await Promise.all([
      ask(story.jobId, cancellationId, [slow.taskId]),
      ask(story.jobId, cancellationId, [slow.taskId]),
    ]);
    expect(answers).toEqual([NOT_DONE, NOT_DONE]);
    await eventually(async () =>
      expect(await typesOf(`cleanup-${cancellationId}`)).toEqual([
        'CleanupRequested',
        'CleanupFailed',
        'CleanupCompleted',
      ]),
    );
    expect(runner.requests).toHaveLength(2);
  });

  it('of a job that does not exist is refused', async () => {
    await expect(ask(newId('job'), newId('can'), null)).rejects.toMatchObject({ problem: { code: 'job-not-found' } });
  });
});
