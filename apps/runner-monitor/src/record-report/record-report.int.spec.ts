import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { runnerMonitorCommands, streamNames } from '@necrocode/contracts';
import type { ExecutionId, ExecutionIdentity } from '@necrocode/domain';
import { newId } from '@necrocode/service-kit';
import { eventually } from '@necrocode/testing';
import { randomUUID } from 'node:crypto';
import { openWorld, type World } from '../testing/monitor.js';
import { ScriptedRunner } from '../testing/scripted-runner.js';

describe('a report of a runner', () => {
  let world: World;
  let runner: ScriptedRunner;

  beforeAll(async () => {
    world = await openWorld(60_000);
    await world.startReplica();
    await world.startReplica();
    runner = new ScriptedRunner(world.connection, world.commands);
    await runner.register();
  });
  afterEach(() => runner.disconnect());
  afterAll(async () => {
    await runner.close();
    await world.close();
  });

  const eventsOf = ({ executionId }: ExecutionIdentity) => world.eventsOf(`execution-${executionId}`);
  const typesOf = async (execution: ExecutionIdentity) => (await eventsOf(execution)).map(({ type }) => type);
  const deadLetters = async (): Promise<number> =>
    (await world.connection.manager.streams.info(streamNames.deadLetters)).state.messages;
  const ended = (execution: ExecutionIdentity) =>
    eventually(async () => expect((await typesOf(execution)).at(-1)).toBe('ExecutionEnded'));

  it('becomes an event, in the order of the reports, in the name and the trace of the runner', async () => {
    const execution = runner.execution();
    const traceparent = `00-${'7e'.repeat(16)}-${'ca'.repeat(8)}-01`;
    await runner.report(runner.started(execution), 'traced', traceparent);
    await runner.report(runner.signalled(execution));
    await runner.report(runner.ended(execution));
    await ended(execution);
    const stored = await world.store.readStream(`execution-${execution.executionId}`);
    expect(stored.map(({ type }) => type)).toEqual(['ExecutionStarted', 'ExecutionSignalled', 'ExecutionEnded']);
    expect(stored[0]?.metadata).toMatchObject({
      actor: `runner:${runner.runnerId}`,
      correlationId: execution.jobId,
      traceparent,
    });
  });

  it('that comes again changes nothing, under its own id or another', async () => {
    const execution = runner.execution();
    await runner.report(runner.started(execution), 'the first');
    await runner.report(runner.started(execution), 'the first, repeated by a restarted agent');
    const id = await runner.report(runner.ended(execution));
    await runner.report(runner.ended(execution), `${id} again`);
    await ended(execution);
    const last = runner.execution();
    await runner.report(runner.ended(last));
    await ended(last);
    expect(await typesOf(execution)).toEqual(['ExecutionStarted', 'ExecutionEnded']);
  });

  it('with a stale token is noted and changes nothing', async () => {
    const execution = runner.execution(7);
    await runner.report(runner.started(execution));
    await runner.report(runner.ended({ ...execution, fencingToken: 6 }));
    await eventually(async () => expect(await typesOf(execution)).toEqual(['ExecutionStarted', 'StaleReportNoted']));
    await runner.report(runner.ended(execution));
    await ended(execution);
    expect(await eventsOf(execution)).toMatchObject([
      { type: 'ExecutionStarted' },
      { type: 'StaleReportNoted', report: 'RecordEnded', fencingToken: 6 },
      { type: 'ExecutionEnded', execution: { fencingToken: 7 } },
    ]);
  });

  it('of a signal without a start is let go; the ending has it', async () => {
    const before = await deadLetters();
    const execution = runner.execution();
    await runner.report(runner.signalled(execution));
    await runner.report(runner.ended(execution, { reason: 'runner-restarted' }));
    await ended(execution);
    expect(await typesOf(execution)).toEqual(['ExecutionEnded']);
    expect(await deadLetters()).toBe(before);
  });

  describe('of survivors', () => {
    const stopped = { reason: 'stopped' } as const;
    let host: ScriptedRunner;
    const story = async () => (await world.eventsOf(`runner-${host.runnerId}`)).map(({ type }) => type);
    const started = async () => {
      const execution = host.execution();
      await host.report(host.started(execution));
      return execution;
    };

    beforeEach(async () => {
      host = new ScriptedRunner(world.connection, world.commands);
      await host.register();
    });
    afterEach(() => host.close());

    it('quarantines the runner, once, also while the killing goes on', async () => {
      const execution = await started();
      const hopeless = host.ended(execution, stopped, { survivors: 2, provenGoneAt: null });
      await host.report({ kind: 'survived', execution, survivors: 2, at: new Date().toISOString() });
      await host.report(hopeless, 'hopeless');
      await host.report(hopeless, 'still so');
      await eventually(async () =>
        expect(await world.eventsOf(`runner-${host.runnerId}`)).toMatchObject([
          { type: 'RunnerRegistered' },
          { type: 'RunnerQuarantined', executionId: execution.executionId, survivors: 2 },
        ]),
      );
    });

    it('that are gone in the end lets it go, when they were the last', async () => {
      const [one, other] = [await started(), await started()];
      for (const execution of [one, other])
        await host.report(host.ended(execution, stopped, { survivors: 1, provenGoneAt: null }), execution.executionId);
      for (const execution of [one, other])
        await host.report(host.ended(execution, stopped, { forced: true }), `${execution.executionId}-gone`);
      const gone = ['RunnerSurvivorsGone', 'RunnerSurvivorsGone'];
      await eventually(async () =>
        expect((await story()).sort()).toEqual(['RunnerQuarantined', 'RunnerQuarantined', 'RunnerRegistered', ...gone]),
      );
    });

    it('outlasts a new session that says it has them still, and ends by the word of somebody who has looked', async () => {
      const execution = await started();
      host.sessionId = randomUUID();
      await host.register({ unproven: [execution.executionId] });
      const trust = () =>
        world.commands.ask(runnerMonitorCommands.trustRunner, { runnerId: host.runnerId }, { actor: 'user:ops' });
      await trust();
      await trust();
      expect(await world.eventsOf(`runner-${host.runnerId}`)).toMatchObject([
        { type: 'RunnerRegistered' },
        { type: 'RunnerRegistered', runner: { unproven: [execution.executionId] } },
        { type: 'RunnerTrusted', requestedBy: 'user:ops' },
      ]);
    });
  });

  describe('of orphans', () => {
    let host: ScriptedRunner;
    const told = (kind: 'orphan-found' | 'orphan-ended', executionId: ExecutionId, processes: number) =>
      host.report({
        kind,
        execution: { runnerId: host.runnerId, executionId },
        orphan: { kind: 'process', executionId },
        processes,
        at: new Date().toISOString(),
      });
    const story = async () => (await world.eventsOf(`runner-${host.runnerId}`)).map(({ type }) => type);

    beforeEach(async () => {
      host = new ScriptedRunner(world.connection, world.commands);
      await host.register();
    });
    afterEach(() => host.close());

    it('become events of the runner, once, and leave the execution alone', async () => {
      const { executionId } = host.execution();
      await told('orphan-found', executionId, 2);
      await told('orphan-found', executionId, 2);
      await told('orphan-ended', executionId, 0);
      const types = ['RunnerRegistered', 'RunnerOrphanFound', 'RunnerOrphanEnded'];
      await eventually(async () => expect(await story()).toEqual(types));
      expect(await world.eventsOf(`execution-${executionId}`)).toEqual([]);
    });

    it('that SIGKILL does not end quarantine the runner until they are gone', async () => {
      const { executionId } = host.execution();
      await told('orphan-found', executionId, 1);
      await told('orphan-ended', executionId, 1);
      await told('orphan-ended', executionId, 0);
      const types = ['RunnerRegistered', 'RunnerOrphanFound', 'RunnerQuarantined'];
      await eventually(async () =>
        expect(await story()).toEqual([...types, 'RunnerOrphanEnded', 'RunnerSurvivorsGone']),
      );
    });
  });

  it('that is none, or is about somebody else, or from a future nobody assigned, is a dead letter', async () => {
    const before = await deadLetters();
    const execution = runner.execution(3);
    await runner.report(runner.started(execution));
    await eventually(async () => expect(await typesOf(execution)).toEqual(['ExecutionStarted']));
    await runner.report(runner.ended({ ...execution, runnerId: newId('run') }));
    await runner.report({ ...runner.started(execution), pid: 1 } as ReturnType<typeof runner.started>);
    await runner.report(runner.ended({ ...execution, fencingToken: 4 }));
    await eventually(async () => expect(await deadLetters()).toBe(before + 3));
    await runner.report(runner.ended(execution));
    await ended(execution);
    expect(await typesOf(execution)).toEqual(['ExecutionStarted', 'ExecutionEnded']);
  });
});
