import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { streamIdOf } from '@necrocode/contracts';
import { cleanupDecider, type CleanupCommand, type JobId } from '@necrocode/domain';
import { handleCommand } from '@necrocode/event-store';
import { newId } from '@necrocode/service-kit';
import { eventually } from '@necrocode/testing';
import { assign } from '../testing/assign.js';
import { openWorld, type World } from '../testing/monitor.js';
import { ScriptedRunner } from '../testing/scripted-runner.js';

/** Short enough to wait for, long enough that a busy machine does not silence the process that beats. */
const LEASE_MS = 1_200;

describe('a workspace that a runner names', () => {
  let world: World;
  let runner: ScriptedRunner;
  let named: JobId[];
  let beating: NodeJS.Timeout;

  const beatOn = () => {
    beating = setInterval(
      () => void runner.beat([], runner.sessionId, { workspaces: named }).catch(() => undefined),
      LEASE_MS / 10,
    );
  };

  beforeAll(async () => {
    world = await openWorld(LEASE_MS);
    await world.startReplica();
    await world.startReplica();
  });
  beforeEach(async () => {
    runner = new ScriptedRunner(world.connection, world.commands);
    runner.connect();
    await runner.register();
    named = [];
    beatOn();
  });
  afterEach(async () => {
    clearInterval(beating);
    await runner.close();
  });
  afterAll(() => world.close());

  /** What was told of it, in order. */
  const toldOf = async (jobId: JobId) =>
    (await world.eventsOf(`runner-${runner.runnerId}`)).flatMap((event) =>
      'orphan' in event && (event.orphan as { jobId?: string }).jobId === jobId ? [event.type] : [],
    );
  const becomes = (jobId: JobId, ...types: string[]) =>
    eventually(async () => expect(await toldOf(jobId)).toEqual(types), { withinMs: 20_000 });
  /** On the host, whether the next heartbeats name it or not. */
  const present = (jobId: JobId) => {
    runner.workspaces.set(jobId, true);
    named.push(jobId);
    return jobId;
  };
  const removed = (jobId: JobId) => {
    runner.workspaces.set(jobId, false);
    named = named.filter((each) => each !== jobId);
  };
  const storedJob = async () => {
    const execution = runner.execution();
    await assign(world.store, execution);
    return execution.jobId;
  };
  const cleanup = async (jobId: JobId, ...commands: CleanupCommand[]) => {
    const metadata = { actor: 'service:spec', correlationId: jobId };
    for (const command of commands)
      await handleCommand({
        store: world.store,
        decider: cleanupDecider,
        streamId: streamIdOf('cleanup', jobId),
        command,
        metadata,
      });
  };
  const requested = (jobId: JobId): CleanupCommand => ({
    type: 'RequestCleanup',
    order: { kind: 'job', jobId, runnerId: runner.runnerId, artifacts: [] },
    at: new Date().toISOString(),
  });
  const done = (): CleanupCommand => ({
    type: 'RecordCleanupDone',
    report: { artifacts: [], filesRemoved: 1, bytesFreed: 1, leftFiles: 0 },
    at: new Date().toISOString(),
  });
  const cleaned = async () => {
    const jobId = await storedJob();
    await cleanup(jobId, requested(jobId), done());
    return jobId;
  };
  /** Whatever has been named meanwhile was looked at at least as often as this one, which was told of. */
  const lookedAtTwice = async () => {
    const other = present(await cleaned());
    await becomes(other, 'RunnerOrphanFound');
  };

  it('of a job whose cleanup is done is told once, though two replicas look, and its end when it is gone', async () => {
    const jobId = present(await cleaned());
    await becomes(jobId, 'RunnerOrphanFound');
    expect(await world.eventsOf(`runner-${runner.runnerId}`)).toContainEqual(
      expect.objectContaining({ orphan: { kind: 'workspace', jobId }, processes: 0 }),
    );
    await lookedAtTwice();
    removed(jobId);
    await becomes(jobId, 'RunnerOrphanFound', 'RunnerOrphanEnded');
  });

  it('is told again when it is found again after it was gone', async () => {
    const jobId = present(await cleaned());
    await becomes(jobId, 'RunnerOrphanFound');
    await lookedAtTwice();
    removed(jobId);
    await becomes(jobId, 'RunnerOrphanFound', 'RunnerOrphanEnded');
    present(jobId);
    await becomes(jobId, 'RunnerOrphanFound', 'RunnerOrphanEnded', 'RunnerOrphanFound');
  });

  it('is nobody’s concern while its job goes on or its cleanup is under way', async () => {
    const [going, beingCleaned] = [present(await storedJob()), await storedJob()];
    await cleanup(beingCleaned, requested(beingCleaned));
    present(beingCleaned);
    await lookedAtTwice();
    expect([...(await toldOf(going)), ...(await toldOf(beingCleaned))]).toEqual([]);
    await cleanup(beingCleaned, done());
    await becomes(beingCleaned, 'RunnerOrphanFound');
    expect(await toldOf(going)).toEqual([]);
  });

  it('of a job that the store does not know is told as well', () =>
    becomes(present(newId('job')), 'RunnerOrphanFound'));

  it('is not told of when it is gone by the time the runner is asked, or the runner does not say', async () => {
    const [gone, unsaid] = [await cleaned(), await cleaned()];
    runner.workspaces.set(gone, false);
    named.push(gone, unsaid);
    await lookedAtTwice();
    expect([...(await toldOf(gone)), ...(await toldOf(unsaid))]).toEqual([]);
  });

  it('is not told of for one heartbeat, however often that is looked at', async () => {
    clearInterval(beating);
    const jobId = await cleaned();
    runner.workspaces.set(jobId, true);
    await runner.beat([], runner.sessionId, { workspaces: [jobId] });
    const other = new ScriptedRunner(world.connection, world.commands);
    try {
      other.connect();
      await other.register();
      // Another runner's is found on its heartbeats, by the same sweeps.
      const beats = newId('job');
      other.workspaces.set(beats, true);
      const beatingOther = setInterval(
        () => void other.beat([], other.sessionId, { workspaces: [beats] }).catch(() => undefined),
        LEASE_MS / 10,
      );
      await eventually(async () =>
        expect((await world.eventsOf(`runner-${other.runnerId}`)).map(({ type }) => type)).toContain(
          'RunnerOrphanFound',
        ),
      ).finally(() => clearInterval(beatingOther));
      expect(await toldOf(jobId)).toEqual([]);
    } finally {
      await other.close();
    }
  });

  it('stays told of when it is named no more and is there when the runner is asked', async () => {
    const jobId = present(await cleaned());
    await becomes(jobId, 'RunnerOrphanFound');
    named = [];
    await lookedAtTwice();
    expect(await toldOf(jobId)).toEqual(['RunnerOrphanFound']);
  });

  it('is told of anew in a new session, which names it anew; an agent that names none has none', async () => {
    const jobId = present(await cleaned());
    await becomes(jobId, 'RunnerOrphanFound');
    clearInterval(beating);
    runner.sessionId = 'the next one';
    await runner.register();
    await runner.beat();
    // What was found is not asked for: a sweep that was under way may tell of it right behind the registration.
    const rows = await world.query<{ workspaces: string[] }>(
      `select workspaces from runner_monitor.runner where runner_id = '${runner.runnerId}'`,
    );
    expect(rows).toEqual([{ workspaces: [] }]);
    beatOn();
    await becomes(jobId, 'RunnerOrphanFound', 'RunnerOrphanFound');
  });
});
