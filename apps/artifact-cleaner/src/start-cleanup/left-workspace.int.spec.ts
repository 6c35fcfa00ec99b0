import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@necrocode/testing';
import { openWorld, type World } from '../testing/cleaner.js';
import { aTask, JobStory } from '../testing/job-story.js';
import { ScriptedRunner } from '../testing/scripted-runner.js';

describe('a workspace that was found left behind', () => {
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
  const typesOf = async (streamId: string) => (await world.eventsOf(streamId)).map(({ type }) => type);
  const becomes = (streamId: string, ...types: string[]) =>
    eventually(async () => expect(await typesOf(streamId)).toEqual(types));
  const ONCE = ['CleanupRequested', 'CleanupCompleted'] as const;
  const AGAIN = [...ONCE, 'CleanupReopened', 'CleanupCompleted'] as const;

  async function cleaned(runner: ScriptedRunner): Promise<JobStory> {
    const task = aTask('over');
    const story = new JobStory(world.store, [task]);
    await story.submit();
    await story.end(await story.start(task, runner.runnerId));
    await becomes(story.cleanup, ...ONCE);
    return story;
  }
  /** What was found before it has been reacted to when this has. */
  const reactedToAll = async (runner: ScriptedRunner) => {
    const other = await cleaned(runner);
    await other.workspaceFound(runner.runnerId);
    await becomes(other.cleanup, ...AGAIN);
  };

  it('is removed by the cleanup of its job, once more, with nothing kept of it', async () => {
    const runner = connected();
    const story = await cleaned(runner);
    await story.workspaceFound(runner.runnerId);
    await becomes(story.cleanup, ...AGAIN);
    const [, , reopened] = await world.eventsOf(story.cleanup);
    expect(runner.requests.at(-1)).toEqual({
      kind: 'workspace',
      jobId: story.jobId,
      artifacts: [],
      removeWorkspace: true,
      foundAt: reopened && 'foundAt' in reopened ? reopened.foundAt : null,
    });
  });

  it('is not cleaned again because it is gone', async () => {
    const runner = connected();
    const story = await cleaned(runner);
    await story.workspaceFound(runner.runnerId);
    await becomes(story.cleanup, ...AGAIN);
    await story.workspaceGone(runner.runnerId);
    await reactedToAll(runner);
    expect(await typesOf(story.cleanup)).toEqual(AGAIN);
  });

  it('stays where the store does not vouch for it: of a job it does not know, or that was never on that runner', async () => {
    const [runner, other] = [connected(), connected()];
    const foreign = new JobStory(world.store, []);
    await foreign.workspaceFound(runner.runnerId);
    const elsewhere = await cleaned(runner);
    await elsewhere.workspaceFound(other.runnerId);
    await reactedToAll(runner);
    expect(await typesOf(foreign.cleanup)).toEqual([]);
    expect(await typesOf(elsewhere.cleanup)).toEqual(ONCE);
    expect(other.requests).toEqual([]);
  });

  it('stays while its job goes on', async () => {
    const runner = connected();
    const task = aTask('goes on');
    const story = new JobStory(world.store, [task]);
    await story.submit();
    await story.start(task, runner.runnerId);
    await story.workspaceFound(runner.runnerId);
    await reactedToAll(runner);
    expect(await typesOf(story.cleanup)).toEqual([]);
  });
});
