import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@necrocode/testing';
import { openWorld, type World } from '../testing/cleaner.js';
import { aTask, JobStory } from '../testing/job-story.js';
import { ScriptedRunner } from '../testing/scripted-runner.js';

/** Longer than any replica goes without a look at the timers, and than one renewal. */
const RUNNER_ANSWER_MS = 2_500;
/** Shorter than that, far longer than the first renewal takes on a busy machine. */
const RETRY_FIRST_MS = 1_000;

describe('while a runner works on a cleanup', () => {
  let world: World;

  beforeAll(async () => {
    world = await openWorld(RUNNER_ANSWER_MS, RETRY_FIRST_MS);
    await world.startReplica();
    await world.startReplica();
  });
  afterAll(() => world.close());

  const endedJob = async (name: string, runner: ScriptedRunner): Promise<JobStory> => {
    const task = aTask(name);
    const story = new JobStory(world.store, [task]);
    await story.submit();
    await story.end(await story.start(task, runner.runnerId));
    return story;
  };

  it('asks again, and so finds the successor of one that died over the request', async () => {
    const runner = new ScriptedRunner(world.connection).connect();
    runner.script.push(null);
    const story = await endedJob('died', runner);
    await eventually(async () =>
      expect(await world.eventsOf(story.cleanup)).toMatchObject([
        { type: 'CleanupRequested' },
        { type: 'CleanupCompleted' },
      ]),
    );
    expect(runner.requests).toHaveLength(2);
    runner.disconnect();
  });

  it('no other replica asks it beside the one that waits', async () => {
    const runner = new ScriptedRunner(world.connection);
    // The first failure hands the cleanup to the timers of both replicas; the second attempt is never answered, nor when it is asked again.
    runner.script.push({ kind: 'failed', error: { code: 'cleanup-failed', message: 'busy' } }, null, null);
    runner.connect();
    const story = await endedJob('slow', runner);
    await eventually(
      async () => expect((await world.eventsOf(story.cleanup)).at(-1)).toMatchObject({ type: 'CleanupCompleted' }),
      { withinMs: 20_000 },
    );
    expect(await world.eventsOf(story.cleanup)).toMatchObject([
      { type: 'CleanupRequested' },
      { type: 'CleanupFailed', error: { message: 'busy' } },
      { type: 'CleanupFailed', error: { code: 'runner-unreachable' } },
      { type: 'CleanupCompleted' },
    ]);
    expect(runner.requests).toHaveLength(4);
    runner.disconnect();
  });
});
