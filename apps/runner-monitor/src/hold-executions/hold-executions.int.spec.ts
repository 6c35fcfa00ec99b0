import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runnerMonitorCommands } from '@necrocode/contracts';
import { newId } from '@necrocode/service-kit';
import { eventually } from '@necrocode/testing';
import { openWorld, type World } from '../testing/monitor.js';
import { ScriptedRunner } from '../testing/scripted-runner.js';

describe('holding executions', () => {
  let world: World;
  let runner: ScriptedRunner;

  beforeAll(async () => {
    world = await openWorld(60_000);
    await world.startReplica();
    runner = new ScriptedRunner(world.connection, world.commands);
    await runner.register();
    runner.connect();
  });
  afterAll(async () => {
    await runner.close();
    await world.close();
  });

  const cancellationId = newId('can');
  const hold = async (kind: 'freeze' | 'thaw', ...executions: ReturnType<typeof runner.execution>[]) => {
    const body = { kind, cancellationId, executions };
    const answer = await world.commands.ask(runnerMonitorCommands.holdExecutions, body, { actor: 'spec' });
    return answer.executions.map(({ status }) => status);
  };

  it('asks the runner of each, and says of each whether it is as asked', async () => {
    const [still, moving] = [runner.execution(), runner.execution()];
    runner.answersToHold.set(still.executionId, 'frozen').set(moving.executionId, 'moving');
    expect(await hold('freeze', still, moving)).toEqual(['done', 'open']);
    runner.answersToHold.set(still.executionId, 'thawed');
    expect(await hold('thaw', still)).toEqual(['done']);
  });

  it('does not know of a runner that does not answer, but of what has ended', async () => {
    const execution = runner.execution();
    await runner.report(runner.started(execution));
    await runner.report(runner.ended(execution));
    await eventually(async () =>
      expect((await world.eventsOf(`execution-${execution.executionId}`)).at(-1)?.type).toBe('ExecutionEnded'),
    );
    const silent = new ScriptedRunner(world.connection, world.commands);
    expect(await hold('thaw', silent.execution(), { ...execution, runnerId: silent.runnerId })).toEqual([
      'open',
      'done',
    ]);
    await silent.close();
  });

  it('keeps what runners report of it, once', async () => {
    const execution = runner.execution();
    const at = new Date().toISOString();
    await runner.report(runner.started(execution));
    await runner.report({ kind: 'frozen', execution, cancellationId, processes: 2, at });
    await runner.report({ kind: 'frozen', execution, cancellationId, processes: 3, at });
    await runner.report({ kind: 'thawed', execution, cancellationId, at });
    await runner.report(runner.ended(execution));
    await eventually(async () => {
      const types = (await world.eventsOf(`execution-${execution.executionId}`)).map(({ type }) => type);
      expect(types).toEqual(['ExecutionStarted', 'ExecutionFrozen', 'ExecutionThawed', 'ExecutionEnded']);
    });
  });
});
