import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { runnerMonitorCommands } from '@necrocode/contracts';
import type { ExecutionIdentity, StopRequest } from '@necrocode/domain';
import { newId } from '@necrocode/service-kit';
import { eventually } from '@necrocode/testing';
import { randomUUID } from 'node:crypto';
import { openWorld, type World } from '../testing/monitor.js';
import { ScriptedRunner } from '../testing/scripted-runner.js';

const GRACEFUL: StopRequest = {
  cancellationId: newId('can'),
  signal: 'SIGTERM',
  signalTo: 'tree',
  gracePeriodMs: 10_000,
  force: false,
};

describe('stopping executions', () => {
  let world: World;
  const runners: ScriptedRunner[] = [];

  beforeAll(async () => {
    world = await openWorld(60_000);
    await world.startReplica();
  });
  afterEach(async () => {
    await Promise.all(runners.splice(0).map((runner) => runner.close()));
  });
  afterAll(() => world.close());

  function connected(): ScriptedRunner {
    const runner = new ScriptedRunner(world.connection, world.commands);
    runners.push(runner);
    runner.connect();
    return runner;
  }

  function stop(executions: readonly ExecutionIdentity[], request = GRACEFUL, id: string = randomUUID()) {
    const stops = executions.map((execution) => ({ execution, stop: request }));
    return world.commands.ask(runnerMonitorCommands.stopExecutions, { stops }, { actor: 'service:spec', id });
  }

  async function started(runner: ScriptedRunner): Promise<ExecutionIdentity> {
    const execution = runner.execution();
    await runner.report(runner.started(execution));
    await eventually(async () => expect(await typesOf(execution)).toEqual(['ExecutionStarted']));
    return execution;
  }

  const eventsOf = ({ executionId }: ExecutionIdentity) => world.eventsOf(`execution-${executionId}`);
  const typesOf = async (execution: ExecutionIdentity) => (await eventsOf(execution)).map(({ type }) => type);

  it('signals the runner and records the request', async () => {
    const runner = connected();
    const execution = await started(runner);
    const { executions } = await stop([execution]);
    expect(executions).toEqual([{ executionId: execution.executionId, status: 'terminating', ending: null }]);
    expect(runner.stops).toEqual([{ stops: [{ execution, stop: GRACEFUL }] }]);
    expect(await eventsOf(execution)).toMatchObject([
      { type: 'ExecutionStarted' },
      { type: 'ExecutionStopRequested', execution, stop: GRACEFUL },
    ]);
  });

  it('answers with the end of what ends at once', async () => {
    const runner = connected();
    const execution = await started(runner);
    const asked = stop([execution]);
    await eventually(() => expect(runner.stops).toHaveLength(1));
    await runner.report(runner.ended(execution, { reason: 'stopped' }));
    expect((await asked).executions).toMatchObject([{ status: 'ended', ending: { reason: 'stopped' } }]);
  });

  it('has the signal on the wire before it has read or written anything', async () => {
    const runner = connected();
    const execution = runner.execution();
    const locked = await world.lock('event_store.events');
    const asked = stop([execution]);
    await eventually(() => expect(runner.stops).toHaveLength(1));
    await locked.release();
    await asked;
    expect(await typesOf(execution)).toEqual(['ExecutionStopRequested']);
  });

  it('asks each runner once for all that is there, and records everything in one append', async () => {
    const [one, two] = [connected(), connected()];
    const executions = [one.execution(), one.execution(), two.execution()];
    const answer = await stop(executions);
    expect(answer.executions.map(({ executionId }) => executionId)).toEqual(executions.map((e) => e.executionId));
    expect([one.stops.length, two.stops.length]).toEqual([1, 1]);
    expect(one.stops[0]?.stops).toHaveLength(2);
    for (const execution of executions) expect(await typesOf(execution)).toEqual(['ExecutionStopRequested']);
  });

  it('before the start is recorded: the agent has a tombstone, and ends what never started', async () => {
    const runner = connected();
    const execution = runner.execution();
    await stop([execution]);
    await runner.report(
      runner.ended(execution, { reason: 'stopped', started: false, cancellationId: GRACEFUL.cancellationId }),
    );
    await eventually(async () =>
      expect(await typesOf(execution)).toEqual(['ExecutionStopRequested', 'ExecutionEnded']),
    );
    const { executions } = await stop([execution]);
    expect(executions).toMatchObject([{ status: 'ended', ending: { started: false, reason: 'stopped' } }]);
  });

  it('that have ended is answered with how they ended, and records nothing', async () => {
    const runner = connected();
    const execution = await started(runner);
    await runner.report(runner.ended(execution));
    await eventually(async () => expect(await typesOf(execution)).toContain('ExecutionEnded'));
    const { executions } = await stop([execution]);
    expect(executions).toMatchObject([{ status: 'ended', ending: { reason: 'exited' } }]);
    expect(await typesOf(execution)).toEqual(['ExecutionStarted', 'ExecutionEnded']);
  });

  it('races their natural end to one story', async () => {
    const runner = connected();
    const executions = await Promise.all(Array.from({ length: 8 }, () => started(runner)));
    await Promise.all([
      ...executions.map((execution) => runner.report(runner.ended(execution))),
      ...executions.map((execution) => stop([execution])),
    ]);
    for (const execution of executions) {
      await eventually(async () => expect((await typesOf(execution)).at(-1)).toBe('ExecutionEnded'));
      expect([
        ['ExecutionStarted', 'ExecutionEnded'],
        ['ExecutionStarted', 'ExecutionStopRequested', 'ExecutionEnded'],
      ]).toContainEqual(await typesOf(execution));
    }
  });

  it('a second time joins, a stronger time upgrades, a weaker one changes nothing', async () => {
    const runner = connected();
    const execution = await started(runner);
    await stop([execution]);
    await stop([execution]);
    await stop([execution], { ...GRACEFUL, gracePeriodMs: 500 });
    await stop([execution], { ...GRACEFUL, gracePeriodMs: 500, force: true });
    await stop([execution], GRACEFUL);
    expect((await eventsOf(execution)).slice(1)).toMatchObject([
      { type: 'ExecutionStopRequested', stop: { gracePeriodMs: 10_000, force: false } },
      { type: 'ExecutionStopRequested', stop: { gracePeriodMs: 500, force: false } },
      { type: 'ExecutionStopRequested', stop: { gracePeriodMs: 500, force: true } },
    ]);
    expect(runner.stops.map(({ stops }) => stops[0]?.stop.force)).toEqual([false, false, false, true, false]);
  });

  it('with the same command again, at once or later, records once', async () => {
    const runner = connected();
    const execution = await started(runner);
    const id = randomUUID();
    await Promise.all([stop([execution], GRACEFUL, id), stop([execution], GRACEFUL, id)]);
    await stop([execution], GRACEFUL, id);
    expect(await typesOf(execution)).toEqual(['ExecutionStarted', 'ExecutionStopRequested']);
  });

  it('on a runner that is not there is answered so, and the intent is recorded', async () => {
    const runner = connected();
    const execution = await started(runner);
    runner.disconnect();
    const { executions } = await stop([execution]);
    expect(executions).toEqual([{ executionId: execution.executionId, status: 'unreachable', ending: null }]);
    expect(await typesOf(execution)).toEqual(['ExecutionStarted', 'ExecutionStopRequested']);
  });

  it('whose answer is lost is unreachable to the caller, and asked again it is not', async () => {
    const runner = connected();
    const execution = await started(runner);
    runner.onStop = () => runner.stops.length > 1;
    expect((await stop([execution])).executions).toMatchObject([{ status: 'unreachable' }]);
    expect((await stop([execution])).executions).toMatchObject([{ status: 'terminating' }]);
    expect(await typesOf(execution)).toEqual(['ExecutionStarted', 'ExecutionStopRequested']);
  });

  it('does not let one silent runner hide what became of the others', async () => {
    const [here, away] = [connected(), connected()];
    away.disconnect();
    const [alive, unknown] = [here.execution(), away.execution()];
    const { executions } = await stop([alive, unknown]);
    expect(executions.map(({ status }) => status)).toEqual(['terminating', 'unreachable']);
  });

  it('is told in order even when the report of the signal is quicker than the record of the request', async () => {
    const runner = connected();
    const execution = await started(runner);
    runner.onStop = async () => {
      await runner.report(runner.signalled(execution));
      await runner.report(runner.ended(execution, { reason: 'stopped', cancellationId: GRACEFUL.cancellationId }));
      return true;
    };
    const locked = await world.lock('event_store.events');
    const asked = stop([execution]);
    await eventually(() => expect(runner.stops).toHaveLength(1));
    await locked.release();
    await asked;
    await eventually(async () =>
      expect(await eventsOf(execution)).toMatchObject([
        { type: 'ExecutionStarted' },
        { type: 'ExecutionStopRequested' },
        { type: 'ExecutionSignalled', cancellationId: GRACEFUL.cancellationId },
        { type: 'ExecutionEnded' },
      ]),
    );
  });
});
