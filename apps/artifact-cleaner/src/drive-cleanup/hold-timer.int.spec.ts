import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@necrocode/testing';
import { openWorld, type World } from '../testing/cleaner.js';
import { aTask, JobStory } from '../testing/job-story.js';
import { ScriptedRunner } from '../testing/scripted-runner.js';

/** Longer than any replica goes without a look at the timers, and than one renewal. */
const RUNNER_ANSWER_MS = 2_500;

describe('while a runner works on a cleanup', () => {
  let world: World;

  beforeAll(async () => {
    world = await openWorld(RUNNER_ANSWER_MS);
    await world.startReplica();
    await world.startReplica();
  });
  afterAll(() => world.close());

  it('no other replica asks it beside the one that waits', async () => {
    const runner = new ScriptedRunner(world.connection);
    // The first failure hands the cleanup to the timers of both replicas; the second attempt is never answered.
    runner.script.push({ kind: 'failed', error: { code: 'cleanup-failed', message: 'busy' } }, null);
    runner.connect();
    const task = aTask('slow');
    const story = new JobStory(world.store, [task]);
    await story.submit();
    await story.end(await story.start(task, runner.runnerId));
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
    expect(runner.requests).toHaveLength(3);
    runner.disconnect();
  });
});
