import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { runnerMonitorCommands } from '@necrocode/contracts';
import { newId, RemoteProblem } from '@necrocode/service-kit';
import { eventually } from '@necrocode/testing';
import { openWorld, type World } from '../testing/monitor.js';
import { ScriptedRunner } from '../testing/scripted-runner.js';

const LEASE_MS = 60_000;

describe('the registry of runners', () => {
  let world: World;
  const runners: ScriptedRunner[] = [];

  beforeAll(async () => {
    world = await openWorld(LEASE_MS);
    await world.startReplica();
  });
  afterEach(async () => {
    await Promise.all(runners.splice(0).map((runner) => runner.close()));
  });
  afterAll(() => world.close());

  function aRunner(): ScriptedRunner {
    const runner = new ScriptedRunner(world.connection, world.commands);
    runners.push(runner);
    return runner;
  }

  const eventsOf = ({ runnerId }: ScriptedRunner) => world.eventsOf(`runner-${runnerId}`);
  const drain = ({ runnerId }: ScriptedRunner) =>
    world.commands.ask(runnerMonitorCommands.drainRunner, { runnerId }, { actor: 'user:ops' });

  it('takes an agent in with what it says of itself, and tells it its lease', async () => {
    const runner = aRunner();
    expect(await runner.register()).toEqual({ leaseMs: LEASE_MS, fencedExecutionIds: [] });
    expect(await eventsOf(runner)).toMatchObject([
      { type: 'RunnerRegistered', runner: runner.description, sessionId: runner.sessionId },
    ]);
  });

  it('takes the same session in once, and the next one anew', async () => {
    const runner = aRunner();
    await runner.register();
    await runner.register();
    runner.sessionId = 'the next one';
    await runner.register();
    expect(await eventsOf(runner)).toMatchObject([{ type: 'RunnerRegistered' }, { sessionId: 'the next one' }]);
  });

  it('answers heartbeats with the lease', async () => {
    const runner = aRunner();
    await runner.register();
    expect(await runner.beat()).toEqual({ leaseMs: LEASE_MS, registered: true });
  });

  it('tells an agent it has never seen that it is not registered', async () => {
    const stranger = aRunner();
    await eventually(async () => expect(await stranger.beat()).toEqual({ leaseMs: LEASE_MS, registered: false }));
    await stranger.register();
    await eventually(async () => expect(await stranger.beat()).toEqual({ leaseMs: LEASE_MS, registered: true }));
  });

  it('stops answering a session that another one has replaced', async () => {
    const runner = aRunner();
    const replaced = runner.sessionId;
    await runner.register();
    runner.sessionId = 'the next one';
    await runner.register();
    await eventually(() => expect(runner.beat([], replaced)).rejects.toThrow());
    expect(await runner.beat()).toMatchObject({ registered: true });
  });

  it('answers heartbeats while the database is away', async () => {
    const runner = aRunner();
    await runner.register();
    const locked = await world.lock('runner_monitor.runner');
    for (let beats = 0; beats < 3; beats++) expect(await runner.beat()).toMatchObject({ leaseMs: LEASE_MS });
    await locked.release();
  });

  it('is not disturbed by what is no heartbeat', async () => {
    const runner = aRunner();
    await runner.register();
    const { nats } = world.connection;
    nats.publish(`necrocode.runners.${runner.runnerId}.heartbeat`, 'not JSON');
    nats.publish(`necrocode.runners.${runner.runnerId}.heartbeat`, '{}');
    expect(await runner.beat()).toMatchObject({ registered: true });
  });

  it('drains a runner once, in the name of who asked', async () => {
    const runner = aRunner();
    await runner.register();
    await drain(runner);
    await drain(runner);
    expect(await eventsOf(runner)).toMatchObject([
      { type: 'RunnerRegistered' },
      { type: 'RunnerDrained', requestedBy: 'user:ops' },
    ]);
  });

  it('knows no runner that never registered', async () => {
    await expect(drain(aRunner())).rejects.toMatchObject({ problem: { code: 'runner-not-found', status: 404 } });
  });

  it('looks at executions through their runner, or says that nobody can', async () => {
    const runner = aRunner();
    runner.connect();
    runner.survivors = 2;
    const ask = () =>
      world.commands.ask(
        runnerMonitorCommands.inspectExecutions,
        { runnerId: runner.runnerId, executionIds: [newId('exe'), newId('exe')], jobId: newId('job') },
        { actor: 'service:spec' },
      );
    expect(await ask()).toMatchObject({ survivors: 4, leftFiles: 7 });
    runner.disconnect();
    const refused = await ask().catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(RemoteProblem);
    expect(refused).toMatchObject({ problem: { code: 'runner-unreachable', retryable: true } });
  });
});
