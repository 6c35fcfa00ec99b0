import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { SlotClaim, SlotId } from '@necrocode/domain';
import { eventually } from '@necrocode/testing';
import { openWorld, type World } from '../testing/cleaner.js';
import { aTask, JobStory } from '../testing/job-story.js';
import { REPORT, ScriptedRunner } from '../testing/scripted-runner.js';

describe('cleaning up', () => {
  let world: World;
  const runners: ScriptedRunner[] = [];

  beforeAll(async () => {
    world = await openWorld();
    await world.startReplica();
    await world.startReplica();
  });
  afterEach(() => runners.splice(0).forEach((runner) => runner.disconnect()));
  afterAll(() => world.close());

  function aRunner(): ScriptedRunner {
    const runner = new ScriptedRunner(world.connection);
    runners.push(runner);
    return runner;
  }

  async function submitted(...tasks: ReturnType<typeof aTask>[]): Promise<JobStory> {
    const story = new JobStory(world.store, tasks);
    await story.submit();
    return story;
  }

  const typesOf = async (streamId: string) => (await world.eventsOf(streamId)).map(({ type }) => type);
  const becomes = (streamId: string, ...types: string[]) =>
    eventually(async () => expect(await typesOf(streamId)).toEqual(types));
  const openTimers = async (id: string) => world.query(`select key from artifact_cleaner.drive where key = '${id}'`);
  const slotOf = ({ runnerId }: ScriptedRunner, kind: SlotClaim['kind']): SlotClaim => ({
    pool: 'repos',
    slotId: `${runnerId}/repos/0` as SlotId,
    kind,
  });

  describe('after a job', () => {
    it('keeps what its tasks made and removes its workspace', async () => {
      const runner = aRunner().connect();
      const [made, failed, never] = [aTask('made'), aTask('failed'), aTask('never', { dependsOn: ['failed'] })];
      const story = await submitted(made, failed, never);
      await story.end(await story.start(made, runner.runnerId));
      await story.end(await story.start(failed, runner.runnerId), { exit: { code: 1, signal: null } });
      await becomes(story.cleanup, 'CleanupRequested', 'CleanupCompleted');
      expect(runner.requests).toEqual([
        {
          kind: 'workspace',
          jobId: story.jobId,
          removeWorkspace: true,
          artifacts: [
            { taskId: made.taskId, key: 'made', globs: ['made/**'], policy: 'keep' },
            { taskId: failed.taskId, key: 'failed', globs: ['failed/**'], policy: 'keep' },
          ],
        },
      ]);
      expect(await world.eventsOf(story.cleanup)).toMatchObject([{}, { kind: 'job', report: REPORT }]);
      expect(await openTimers(story.jobId)).toEqual([]);
      const [asked, done] = await world.store.readStream(story.cleanup);
      expect(asked?.metadata).toMatchObject({ actor: 'service:artifact-cleaner', correlationId: story.jobId });
      expect(done?.metadata.traceparent?.slice(3, 35)).toBe(asked?.metadata.traceparent?.slice(3, 35));
    });

    it('that was cancelled does with artifacts what the cancellation asked for', async () => {
      const runner = aRunner().connect();
      const task = aTask('train', { onCancelArtifacts: 'keep' });
      const story = await submitted(task);
      const execution = await story.start(task, runner.runnerId);
      const cancellationId = await story.cancel('quarantine');
      await story.end(execution, { reason: 'stopped', cancellationId });
      await becomes(story.cleanup, 'CleanupRequested', 'CleanupCompleted');
      expect(runner.requests).toMatchObject([{ artifacts: [{ key: 'train', policy: 'quarantine' }] }]);
    });

    it('that never had a workspace is done at once, with an empty report', async () => {
      const story = await submitted(aTask('queued'));
      await story.cancel(null);
      await becomes(story.cleanup, 'CleanupRequested', 'CleanupCompleted');
      expect(await world.eventsOf(story.cleanup)).toMatchObject([
        { order: { runnerId: null } },
        { report: { artifacts: [], filesRemoved: 0, bytesFreed: 0, leftFiles: 0 } },
      ]);
    });

    it('waits for an execution that is fenced, without a word to the runner, until its end is proven', async () => {
      const runner = aRunner().connect();
      const task = aTask('fenced');
      const story = await submitted(task);
      const execution = await story.start(task, runner.runnerId);
      await story.cancel(null);
      await story.fence(execution);
      await becomes(story.cleanup, 'CleanupRequested');
      await eventually(async () => expect(await attempts(story.jobId)).toBeGreaterThan(1));
      await story.executionEnds(execution, { reason: 'lease-lost' }, { survivors: 1, provenGoneAt: null });
      const before = await attempts(story.jobId);
      await eventually(async () => expect(await attempts(story.jobId)).toBeGreaterThan(before));
      expect(runner.requests).toEqual([]);
      await story.executionEnds(execution, { reason: 'lease-lost' });
      await becomes(story.cleanup, 'CleanupRequested', 'CleanupCompleted');
      expect(runner.requests).toHaveLength(1);
    });

    it('is done once more when an orphan of it was found and ended afterwards', async () => {
      const runner = aRunner().connect();
      const task = aTask('outlived');
      const story = await submitted(task);
      const execution = await story.start(task, runner.runnerId);
      await story.end(execution);
      await becomes(story.cleanup, 'CleanupRequested', 'CleanupCompleted');
      await story.orphanEnds(execution);
      await becomes(story.cleanup, 'CleanupRequested', 'CleanupCompleted', 'CleanupReopened', 'CleanupCompleted');
      expect(runner.requests.at(-1)).toMatchObject({ artifacts: [], foundAt: expect.any(String) });
    });

    it('is tried again until the runner can be reached, has no fault, and leaves nothing', async () => {
      const runner = aRunner();
      const task = aTask('stubborn');
      const story = await submitted(task);
      await story.end(await story.start(task, runner.runnerId));
      await becomes(story.cleanup, 'CleanupRequested', 'CleanupFailed');
      runner.script.push(
        null,
        { kind: 'failed', error: { code: 'cleanup-failed', message: 'disk on fire' } },
        { kind: 'workspace', report: { ...REPORT, artifacts: [], leftFiles: 2 } },
      );
      runner.connect();
      await eventually(async () => expect((await typesOf(story.cleanup)).at(-1)).toBe('CleanupCompleted'), {
        withinMs: 20_000,
      });
      const failures = (await world.eventsOf(story.cleanup)).filter(({ type }) => type === 'CleanupFailed');
      expect(failures.slice(-3)).toMatchObject([
        { error: { code: 'runner-unreachable' } },
        { error: { message: 'disk on fire' } },
        { error: { code: 'cleanup-failed', message: expect.stringContaining('2') } },
      ]);
      expect(await openTimers(story.jobId)).toEqual([]);
    });
  });

  describe('after an execution with a slot', () => {
    it('has the slot checked and proven clean, whether anything had started or not', async () => {
      const runner = aRunner().connect();
      const [ran, never] = [aTask('ran'), aTask('never')];
      const story = await submitted(ran, never);
      const [one, two] = [
        await story.start(ran, runner.runnerId, slotOf(runner, 'repository')),
        await story.start(never, runner.runnerId, slotOf(runner, 'counted')),
      ];
      await story.executionEnds(one);
      await story.executionEnds(two, { reason: 'stopped', started: false }, { provenGoneAt: null });
      for (const [{ executionId }, kind] of [
        [one, 'repository'],
        [two, 'counted'],
      ] as const) {
        await becomes(`cleanup-${executionId}`, 'CleanupRequested', 'SlotProvenClean');
        expect(await world.eventsOf(`cleanup-${executionId}`)).toMatchObject([
          {},
          { executionId, pool: 'repos', slotId: `${runner.runnerId}/repos/0`, evidence: { kind, leftEntries: 0 } },
        ]);
        expect(await openTimers(executionId)).toEqual([]);
      }
    });

    it('is not called clean while entries are left', async () => {
      const runner = aRunner();
      const checkedAt = new Date().toISOString();
      runner.script.push({ kind: 'slot', evidence: { kind: 'repository', leftEntries: 4, checkedAt } });
      runner.connect();
      const task = aTask('messy');
      const story = await submitted(task);
      const execution = await story.start(task, runner.runnerId, slotOf(runner, 'repository'));
      await story.executionEnds(execution);
      await becomes(`cleanup-${execution.executionId}`, 'CleanupRequested', 'CleanupFailed', 'SlotProvenClean');
    });

    it('does not check it while processes of the execution may be alive', async () => {
      const runner = aRunner().connect();
      const task = aTask('alive');
      const story = await submitted(task);
      const execution = await story.start(task, runner.runnerId, slotOf(runner, 'repository'));
      await story.executionEnds(execution, { reason: 'stopped' }, { survivors: 2, provenGoneAt: null });
      await becomes(`cleanup-${execution.executionId}`, 'CleanupRequested');
      await eventually(async () => expect(await attempts(execution.executionId)).toBeGreaterThan(1));
      expect(runner.requests).toEqual([]);
      await story.executionEnds(execution, { reason: 'stopped' });
      await becomes(`cleanup-${execution.executionId}`, 'CleanupRequested', 'SlotProvenClean');
    });

    it('leaves executions without a slot alone', async () => {
      const runner = aRunner().connect();
      const [one, other] = [aTask('no slot'), aTask('a slot')];
      const story = await submitted(one, other);
      const [plain, slotted] = [
        await story.start(one, runner.runnerId),
        await story.start(other, runner.runnerId, slotOf(runner, 'counted')),
      ];
      await story.executionEnds(plain);
      await story.executionEnds(slotted);
      await becomes(`cleanup-${slotted.executionId}`, 'CleanupRequested', 'SlotProvenClean');
      expect(await typesOf(`cleanup-${plain.executionId}`)).toEqual([]);
    });
  });

  /** How often the timer of an open cleanup has fired since it was last set. */
  async function attempts(id: string): Promise<number> {
    const rows = await world.query<{ attempts: number }>(
      `select attempts from artifact_cleaner.drive where key = '${id}'`,
    );
    return rows[0]?.attempts ?? 0;
  }
});

describe('a cleaner that is told everything again', () => {
  let world: World;

  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world.close());

  it('cleans nothing twice', async () => {
    const first = await world.startReplica();
    const runner = new ScriptedRunner(world.connection).connect();
    const task = aTask('told twice');
    const story = new JobStory(world.store, [task]);
    await story.submit();
    const slot = { pool: 'repos', slotId: `${runner.runnerId}/repos/0` as SlotId, kind: 'counted' as const };
    const execution = await story.start(task, runner.runnerId, slot);
    await story.end(execution);
    const done = async (): Promise<void> => {
      expect((await world.eventsOf(story.cleanup)).length).toBe(2);
      expect((await world.eventsOf(`cleanup-${execution.executionId}`)).length).toBe(2);
    };
    await eventually(done);
    await first.stop();
    await world.query('delete from artifact_cleaner.consumer_checkpoint');
    const last = await world.store.number();
    await world.startReplica();
    await eventually(async () => {
      const rows = await world.query<{ position: string }>('select position from artifact_cleaner.consumer_checkpoint');
      expect(BigInt(rows[0]?.position ?? 0)).toBeGreaterThanOrEqual(last);
    });
    await done();
    expect(runner.requests).toHaveLength(2);
    runner.disconnect();
  });
});
