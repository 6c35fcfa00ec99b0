import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { ExecutionIdentity } from '@necrocode/domain';
import { eventually } from '@necrocode/testing';
import { assign } from '../testing/assign.js';
import { openWorld, type World } from '../testing/monitor.js';
import { ScriptedRunner } from '../testing/scripted-runner.js';

/** Short enough to wait for, long enough that a busy machine does not silence the process that beats. */
const LEASE_MS = 800;

describe('a runner that falls silent', () => {
  let world: World;
  const runners: ScriptedRunner[] = [];

  beforeAll(async () => {
    world = await openWorld(LEASE_MS);
    await world.startReplica();
    await world.startReplica();
  });
  afterEach(async () => {
    await Promise.all(runners.splice(0).map((runner) => runner.close()));
  });
  afterAll(() => world.close());

  async function registered(): Promise<ScriptedRunner> {
    const runner = new ScriptedRunner(world.connection, world.commands);
    runners.push(runner);
    runner.connect();
    await runner.register();
    return runner;
  }

  const typesOf = async (streamId: string) => (await world.eventsOf(streamId)).map(({ type }) => type);
  const runnerEvents = ({ runnerId }: ScriptedRunner) => typesOf(`runner-${runnerId}`);
  const executionEvents = ({ executionId }: ExecutionIdentity) => typesOf(`execution-${executionId}`);
  const isLost = (runner: ScriptedRunner) =>
    eventually(async () => expect(await runnerEvents(runner)).toContain('RunnerLost'));
  const isFenced = (execution: ExecutionIdentity) =>
    eventually(async () => expect(await executionEvents(execution)).toContain('ExecutionFenced'));

  it('is lost once, though two replicas watch', async () => {
    const [silent, next] = [await registered(), await registered()];
    await isLost(silent);
    // Another one lost after it: both replicas have swept past the first again.
    next.beatEvery(LEASE_MS / 8);
    await next.beat();
    next.disconnect();
    await isLost(next);
    expect(await runnerEvents(silent)).toEqual(['RunnerRegistered', 'RunnerLost']);
  });

  it('has its executions fenced: what ran, what never reported, and what it was given after it was lost', async () => {
    const runner = await registered();
    const [ran, silent, late] = [runner.execution(1), runner.execution(2), runner.execution(3)];
    await assign(world.store, ran);
    await assign(world.store, silent);
    await runner.report(runner.started(ran));
    await Promise.all([isFenced(ran), isFenced(silent)]);
    expect(await executionEvents(ran)).toEqual(['ExecutionStarted', 'ExecutionFenced']);
    expect(await runnerEvents(runner)).toContain('RunnerLost');
    await assign(world.store, late);
    await isFenced(late);
    expect(await executionEvents(silent)).toEqual(['ExecutionFenced']);
  });

  it('leaves alone what had ended', async () => {
    const runner = await registered();
    const [ended, open] = [runner.execution(1), runner.execution(2)];
    await assign(world.store, ended);
    await runner.report(runner.started(ended));
    await runner.report(runner.ended(ended));
    await assign(world.store, open);
    await isFenced(open);
    expect(await executionEvents(ended)).toEqual(['ExecutionStarted', 'ExecutionEnded']);
  });

  it('is never lost while it is heard', async () => {
    const [heard, silent] = [await registered(), await registered()];
    heard.beatEvery(LEASE_MS / 8);
    await isLost(silent);
    const another = await registered();
    await isLost(another);
    expect(await runnerEvents(heard)).toEqual(['RunnerRegistered']);
  });

  it('returns when it is heard again, and is told to end what was fenced until it reports the end', async () => {
    const runner = await registered();
    const execution = runner.execution();
    await assign(world.store, execution);
    await runner.report(runner.started(execution));
    await isFenced(execution);
    runner.onStop = async ({ stops }) => {
      expect(stops[0]?.stop).toMatchObject({ force: true, gracePeriodMs: 0, cancellationId: null });
      await runner.report(runner.ended(execution, { reason: 'lease-lost' }), `end-of-${execution.executionId}`);
      return true;
    };
    runner.beatEvery(LEASE_MS / 8);
    await eventually(async () =>
      expect(await executionEvents(execution)).toEqual(['ExecutionStarted', 'ExecutionFenced', 'ExecutionEnded']),
    );
    expect(await runnerEvents(runner)).toEqual(['RunnerRegistered', 'RunnerLost', 'RunnerReturned']);
  });

  it('that registers again as a new session is told what was fenced', async () => {
    const runner = await registered();
    const execution = runner.execution();
    await assign(world.store, execution);
    await isFenced(execution);
    runner.sessionId = 'the next session';
    const answer = await runner.register();
    expect(answer).toEqual({ leaseMs: LEASE_MS, fencedExecutionIds: [execution.executionId] });
    expect(await runnerEvents(runner)).toEqual(['RunnerRegistered', 'RunnerLost', 'RunnerRegistered']);
  });

  it('whose agent came up without its predecessor, has what that one had started fenced', async () => {
    const runner = await registered();
    runner.beatEvery(LEASE_MS / 8);
    const [forgotten, adopted] = [runner.execution(1), runner.execution(2)];
    for (const execution of [forgotten, adopted]) {
      await assign(world.store, execution);
      await runner.report(runner.started(execution));
      await eventually(async () => expect(await executionEvents(execution)).toContain('ExecutionStarted'));
    }
    runner.sessionId = 'the next session';
    await runner.register();
    runner.beatEvery(LEASE_MS / 8, [adopted.executionId]);
    await isFenced(forgotten);
    expect(await executionEvents(adopted)).toEqual(['ExecutionStarted']);
    expect(await runnerEvents(runner)).toEqual(['RunnerRegistered', 'RunnerRegistered']);
  });
});

describe('a monitor that was away', () => {
  let world: World;

  beforeAll(async () => {
    world = await openWorld(LEASE_MS);
  });
  afterAll(() => world.close());

  const runnerEvents = async ({ runnerId }: ScriptedRunner) =>
    (await world.eventsOf(`runner-${runnerId}`)).map(({ type }) => type);

  it('gives everybody a full lease when it comes up, and again when its connection was cut', async () => {
    const first = await world.startReplica();
    const runner = new ScriptedRunner(world.connection, world.commands);
    const gone = new ScriptedRunner(world.connection, world.commands);
    await runner.register();
    await gone.register();
    await first.stop();
    // Both rows are overdue by the database's clock when the next monitor starts; one of the two agents is still there.
    await eventually(async () => expect(await overdue()).toBe(2));
    await world.startReplica();
    runner.beatEvery(LEASE_MS / 8);
    await eventually(async () => expect(await runnerEvents(gone)).toEqual(['RunnerRegistered', 'RunnerLost']));
    expect(await runnerEvents(runner)).toEqual(['RunnerRegistered']);

    await world.nats.kill();
    await eventually(async () => expect(await overdue()).toBe(1));
    await world.nats.restart();
    // Lost only if it is silent for a lease from then on: proven by one that is.
    const silent = new ScriptedRunner(world.connection, world.commands);
    await eventually(() => silent.register());
    await eventually(async () => expect(await runnerEvents(silent)).toContain('RunnerLost'));
    expect(await runnerEvents(runner)).toEqual(['RunnerRegistered']);
    await Promise.all([runner.close(), gone.close(), silent.close()]);
  });

  async function overdue(): Promise<number> {
    const rows = await world.query<{ count: string }>(
      `select count(*) from runner_monitor.runner
       where status <> 'lost' and last_heard_at < now() - lease_ms * interval '1 millisecond'`,
    );
    return Number(rows[0]?.count);
  }
});
