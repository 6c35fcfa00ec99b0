import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ExecutionIdentity } from '@necrocode/domain';
import { eventually } from '@necrocode/testing';
import { assign } from '../testing/assign.js';
import { openWorld, type World } from '../testing/monitor.js';
import { ScriptedRunner } from '../testing/scripted-runner.js';

/** Short enough to wait for, long enough that a busy machine does not silence the process that beats. */
const LEASE_MS = 1_200;

describe('what a runner says it has, beside what the store says', () => {
  let world: World;
  let runner: ScriptedRunner;
  let named: string[];
  let beating: NodeJS.Timeout;

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
    beating = setInterval(() => void runner.beat(named).catch(() => undefined), LEASE_MS / 10);
  });
  afterEach(async () => {
    clearInterval(beating);
    await runner.close();
  });
  afterAll(() => world.close());

  const typesOf = async (streamId: string) => (await world.eventsOf(streamId)).map(({ type }) => type);
  const runnerEvents = () => world.eventsOf(`runner-${runner.runnerId}`);
  const executionEvents = ({ executionId }: ExecutionIdentity) => typesOf(`execution-${executionId}`);
  const orphansOf = async ({ executionId }: ExecutionIdentity) =>
    (await runnerEvents()).flatMap((event) =>
      'orphan' in event && (event.orphan as { executionId: string }).executionId === executionId ? [event.type] : [],
    );
  const started = async () => {
    const execution = runner.execution();
    await assign(world.store, execution);
    await runner.report(runner.started(execution));
    await eventually(async () => expect(await executionEvents(execution)).toEqual(['ExecutionStarted']));
    return execution;
  };
  const settled = (execution: ExecutionIdentity) =>
    eventually(async () => expect(await orphansOf(execution)).toEqual(['RunnerOrphanFound', 'RunnerOrphanEnded']), {
      withinMs: 20_000,
    });
  /** A gap of each kind that is no more than one is settled after it was looked at twice as often as is needed. */
  const sweptTwice = async () => {
    for (let time = 0; time < 2; time += 1) {
      const other = await started();
      runner.inHand.set(other.executionId, null);
      await settled(other);
    }
  };

  it('is fenced when the runner has it no more and has reported no end, once though two replicas look', async () => {
    const execution = await started();
    runner.inHand.set(execution.executionId, null);
    await settled(execution);
    expect(await executionEvents(execution)).toEqual(['ExecutionStarted', 'ExecutionFenced']);
    expect((await runnerEvents()).find(({ type }) => type === 'RunnerOrphanFound')).toMatchObject({
      orphan: { kind: 'record', executionId: execution.executionId },
    });
  });

  it('is left alone while the runner names it, has it in hand when it is asked, or does not say', async () => {
    const [inventoried, inHand, unsaid] = [await started(), await started(), await started()];
    named = [inventoried.executionId];
    runner.inHand.set(inventoried.executionId, null);
    runner.inHand.set(inHand.executionId, inHand);
    await sweptTwice();
    for (const execution of [inventoried, inHand, unsaid]) {
      expect(await orphansOf(execution)).toEqual([]);
      expect(await executionEvents(execution)).toEqual(['ExecutionStarted']);
    }
  });

  it('is ended by the runner when the store says that it is over', async () => {
    const execution = await started();
    named = [execution.executionId];
    await runner.report(runner.ended(execution));
    await eventually(async () =>
      expect(await executionEvents(execution)).toEqual(['ExecutionStarted', 'ExecutionEnded']),
    );
    runner.inHand.set(execution.executionId, execution);
    runner.onStop = ({ stops }) => {
      expect(stops).toMatchObject([{ execution, stop: { force: true, cancellationId: null } }]);
      runner.inHand.set(execution.executionId, null);
      named = [];
      return true;
    };
    await settled(execution);
    expect(runner.stops.length).toBeGreaterThan(0);
    expect(await executionEvents(execution)).toEqual(['ExecutionStarted', 'ExecutionEnded']);
  });

  it('is ended by the runner when no job was ever given it, and not while its start is under way', async () => {
    const [stranger, assigned] = [runner.execution(), runner.execution()];
    await assign(world.store, assigned);
    await world.query(`delete from runner_monitor.execution where execution_id = '${assigned.executionId}'`);
    for (const execution of [stranger, assigned]) runner.inHand.set(execution.executionId, execution);
    named = [stranger.executionId, assigned.executionId];
    runner.onStop = ({ stops }) => {
      const asked = new Set(stops.map(({ execution }) => execution.executionId));
      named = named.filter((executionId) => !asked.has(executionId as ExecutionIdentity['executionId']));
      for (const executionId of asked) runner.inHand.set(executionId, null);
      return true;
    };
    await settled(stranger);
    await sweptTwice();
    expect(named).toEqual([assigned.executionId]);
    expect(await orphansOf(assigned)).toEqual([]);
  });
});
