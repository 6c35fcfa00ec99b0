import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ExecutionIdentity } from '@necrocode/domain';
import { createLogger } from '@necrocode/service-kit';
import { eventually } from '@necrocode/testing';
import { ACTOR } from '../cause.js';
import { ExecutionStreams } from '../executions/execution-streams.js';
import { ExecutionsInFlight } from '../in-flight/executions-in-flight.js';
import { FenceExecutions } from '../lose-runner/fence-executions.js';
import { RunnerStreams } from '../registry/runner-streams.js';
import { Runners } from '../registry/runners.js';
import { RunnerControl } from '../runner-control/runner-control.js';
import { assign } from '../testing/assign.js';
import { openWorld, type Replica, type World } from '../testing/monitor.js';
import { ScriptedRunner } from '../testing/scripted-runner.js';
import { Inventories } from './inventories.js';
import { RecordOrphans } from './record-orphans.js';
import { SettleMissing } from './settle-missing.js';

/** The replica's own sweeps come four times in it: none in this spec. */
const LEASE_MS = 600_000;
const ANSWER_MS = 5_000;

let world: World;
let platform: Replica['platform'];
let runner: ScriptedRunner;

beforeAll(async () => {
  world = await openWorld(LEASE_MS);
  platform = (await world.startReplica()).platform;
});
beforeEach(async () => {
  runner = new ScriptedRunner(world.connection, world.commands);
  runner.connect();
  await runner.register();
});
afterEach(() => runner.close());
afterAll(() => world.close());

const typesOf = async (streamId: string) => (await world.eventsOf(streamId)).map(({ type }) => type);
const runnerEvents = () => typesOf(`runner-${runner.runnerId}`);
const executionEvents = ({ executionId }: ExecutionIdentity) => typesOf(`execution-${executionId}`);

/** Started by the store, and not there when its runner is asked. */
const missing = async () => {
  const execution = runner.execution();
  await assign(world.store, execution);
  await runner.report(runner.started(execution));
  await eventually(async () => {
    const rows = await world.query(`select from runner_monitor.execution
      where execution_id = '${execution.executionId}' and status = 'running'`);
    expect(rows).toHaveLength(1);
  });
  runner.inHand.set(execution.executionId, null);
  return execution;
};

const parts = () => {
  const { database, store } = platform;
  const runners = new RunnerStreams(store, new Runners(database, LEASE_MS));
  const executions = new ExecutionStreams(store);
  const inFlight = new ExecutionsInFlight(database);
  return {
    database,
    runners,
    executions,
    inFlight,
    orphans: new RecordOrphans(runners, createLogger('spec', 'silent')),
  };
};
const loses = () =>
  parts().runners.handle(
    runner.runnerId,
    {
      type: 'LoseRunner',
      runnerId: runner.runnerId,
      lastHeardAt: new Date().toISOString(),
      at: new Date().toISOString(),
    },
    { actor: ACTOR },
  );
const fencesTheLost = () => new FenceExecutions(parts().inFlight, parts().executions).sweep();
const returns = async () => {
  await runner.beat();
  await eventually(async () => expect((await runnerEvents()).at(-1)).toBe('RunnerReturned'));
};

const sweepWith = (reportsPending: () => Promise<number>, orphans = parts().orphans) => {
  const { database, executions, inFlight } = parts();
  const control = new RunnerControl(world.connection, ANSWER_MS);
  return new SettleMissing(new Inventories(database), control, executions, inFlight, orphans, reportsPending);
};

/** A sweep in whose way something comes once: when the runner has answered, or when the find is recorded and the fence is next. */
const sweepUntilSettled = async (
  execution: ExecutionIdentity,
  meanwhile: { readonly asked?: () => Promise<void>; readonly found?: () => Promise<void> },
) => {
  const { orphans } = parts();
  const once = (work: (() => Promise<void>) | undefined) => {
    let done: Promise<void> | undefined;
    return () => (done ??= work?.() ?? Promise.resolve());
  };
  const [asked, found] = [once(meanwhile.asked), once(meanwhile.found)];
  const recorded: typeof orphans.found = async (...orphan) => {
    await orphans.found(...orphan);
    await found();
  };
  const sweep = sweepWith(
    () => asked().then(() => 0),
    Object.assign(Object.create(orphans) as RecordOrphans, { found: recorded }),
  );
  await eventually(
    async () => {
      await runner.beat();
      await sweep.sweep();
      expect(await executionEvents(execution)).toContain('ExecutionFenced');
    },
    { withinMs: 20_000 },
  );
  for (let look = 0; look < 3; look += 1) {
    await runner.beat();
    await sweep.sweep();
  }
};

describe('what is missing on a runner that is lost and returns between the look and the fence', () => {
  it('is fenced once by the look when it returned before, with nothing of it fenced', async () => {
    const execution = await missing();
    await sweepUntilSettled(execution, {
      asked: async () => {
        await loses();
        await returns();
      },
    });
    expect(await executionEvents(execution)).toEqual(['ExecutionStarted', 'ExecutionFenced']);
    expect(await runnerEvents()).toEqual([
      ...['RunnerRegistered', 'RunnerLost', 'RunnerReturned'],
      ...['RunnerOrphanFound', 'RunnerOrphanEnded'],
    ]);
  });

  it('is no find of the look any more when its runner was given up with it before', async () => {
    const execution = await missing();
    await sweepUntilSettled(execution, {
      asked: async () => {
        await loses();
        await fencesTheLost();
        await returns();
      },
    });
    expect(await executionEvents(execution)).toEqual(['ExecutionStarted', 'ExecutionFenced']);
    expect(await runnerEvents()).toEqual(['RunnerRegistered', 'RunnerLost', 'RunnerReturned']);
  });

  it('is fenced once when both come to the fence at once', async () => {
    const execution = await missing();
    await sweepUntilSettled(execution, {
      found: async () => {
        await loses();
        await fencesTheLost();
        await returns();
      },
    });
    expect(await executionEvents(execution)).toEqual(['ExecutionStarted', 'ExecutionFenced']);
    expect(await runnerEvents()).toEqual([
      ...['RunnerRegistered', 'RunnerOrphanFound', 'RunnerLost', 'RunnerReturned'],
      'RunnerOrphanEnded',
    ]);
  });

  it('keeps the fence of the look when it is lost and returns behind it', async () => {
    const execution = await missing();
    await sweepUntilSettled(execution, {});
    await loses();
    await fencesTheLost();
    await returns();
    expect(await executionEvents(execution)).toEqual(['ExecutionStarted', 'ExecutionFenced']);
    expect(await runnerEvents()).toEqual([
      ...['RunnerRegistered', 'RunnerOrphanFound', 'RunnerOrphanEnded'],
      ...['RunnerLost', 'RunnerReturned'],
    ]);
  });
});

it('what is missing is left alone while a report waits to be taken in: it may tell of its end', async () => {
  const execution = await missing();
  let looks = 0;
  const sweep = sweepWith(() => Promise.resolve((looks += 1)));
  await eventually(
    async () => {
      await runner.beat();
      await sweep.sweep();
      expect(looks).toBeGreaterThan(1);
    },
    { withinMs: 20_000 },
  );
  expect(await executionEvents(execution)).toEqual(['ExecutionStarted']);
  expect(await runnerEvents()).toEqual(['RunnerRegistered']);
});
