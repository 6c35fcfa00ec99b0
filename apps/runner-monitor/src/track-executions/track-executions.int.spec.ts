import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@necrocode/testing';
import { assign } from '../testing/assign.js';
import { openWorld, type World } from '../testing/monitor.js';
import { ScriptedRunner } from '../testing/scripted-runner.js';

describe('the tables of the monitor', () => {
  let world: World;

  beforeAll(async () => {
    world = await openWorld(60_000);
  });
  afterAll(() => world.close());

  const executions = () =>
    world.query<{ execution_id: string; status: string }>(
      'select execution_id, runner_id, identity, status from runner_monitor.execution order by execution_id',
    );
  const runners = () =>
    world.query<{ runner_id: string }>(
      'select runner_id, session_id, status, lease_ms from runner_monitor.runner order by runner_id',
    );

  it('hold what is in flight, forget what has ended, and rebuilt from events they are the same', async () => {
    const replica = await world.startReplica();
    const [runner, quarantined] = [aRunner(), aRunner()];
    await runner.register();
    await quarantined.register();
    const [silent, running, ended, unkillable] = [
      runner.execution(1),
      runner.execution(2),
      runner.execution(3),
      quarantined.execution(4),
    ];
    for (const execution of [silent, running, ended, unkillable]) await assign(world.store, execution);
    for (const execution of [running, ended]) await runner.report(runner.started(execution));
    await runner.report(runner.ended(ended));
    await quarantined.report(
      quarantined.ended(unkillable, { reason: 'stopped' }, { survivors: 1, provenGoneAt: null }),
    );
    await eventually(async () => {
      expect(await executions()).toMatchObject([
        { execution_id: silent.executionId, status: 'assigned', identity: silent },
        { execution_id: running.executionId, status: 'running', identity: running },
      ]);
      expect((await runners()).map(({ runner_id }) => runner_id)).toEqual([runner.runnerId, quarantined.runnerId]);
      expect(await runners()).toMatchObject([{ status: 'ready' }, { status: 'quarantined' }]);
    });
    // The report of an end is acted on before the events it follows are heard: wait until all of them are, or `live` is a passing state.
    await eventually(async () => {
      const [saved] = await world.query<{ position: string }>(
        'select min(position) as position from runner_monitor.consumer_checkpoint',
      );
      expect(BigInt(saved?.position ?? 0)).toBe(await world.store.lastPosition());
    });
    const live = [await executions(), await runners()];
    await replica.stop();
    await world.query('truncate runner_monitor.execution, runner_monitor.runner, runner_monitor.consumer_checkpoint');
    await world.startReplica();
    await eventually(async () => expect([await executions(), await runners()]).toEqual(live));
    expect(await runner.beat()).toMatchObject({ registered: true });
    await Promise.all([runner.close(), quarantined.close()]);
  });

  function aRunner(): ScriptedRunner {
    return new ScriptedRunner(world.connection, world.commands);
  }
});
