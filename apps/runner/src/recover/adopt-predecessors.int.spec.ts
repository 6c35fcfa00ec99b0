import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { idOf } from '@necrocode/service-kit';
import { eventually } from '@necrocode/testing';
import { hostileToken, livingProcesses } from '@necrocode/testing/hostile';
import { ExecutionFiles, type Resume, resumeOf } from '../execution/execution-file.js';
import { identity, plainStop, runnerBench, startOf } from '../testing/runner-bench.js';

type Bench = Awaited<ReturnType<typeof runnerBench>>;
let bench: Bench;

beforeAll(async () => {
  bench = await runnerBench({ orphans: 'adopt' });
}, 60_000);
afterEach(async () => {
  bench.fence();
  await bench.left.end();
});
afterAll(() => bench.end(), 60_000);

const forEver = 'echo before; while :; do echo tick; sleep 0.05; done';

/** What an agent that adopts leaves when it is killed: the tree, its record, its output in files. */
const leave = async (
  script: string,
  stop: typeof plainStop | null = null,
  timeoutMs: number | null = null,
  held: Pick<Resume, 'held'> = {},
) => {
  const execution = identity(bench.runnerId);
  const { executionId } = execution;
  const token = hostileToken();
  const command = ['sh', '-c', script, token];
  const tree = await bench.left.leave(executionId, command, { intoFiles: true });
  const resume = { ...resumeOf(startOf(execution, command, { timeoutMs })), ...held };
  return {
    execution,
    executionId,
    tree,
    living: () => livingProcesses(token),
    /** Only once no agent is there that would end it. */
    record: () => new ExecutionFiles(bench.home).write({ execution, stop, resume, tree: tree.record, ending: null }),
  };
};
const restartWith = async (left: Awaited<ReturnType<typeof leave>>) => {
  left.record();
  await bench.restart();
};
const textOf = (executionId: string) =>
  bench.output.flatMap((chunk) => (chunk.executionId === executionId ? [chunk.text] : [])).join('');

describe('a runner that adopts what its predecessor left', () => {
  it('lets it go on, brings its output from where it was left, and ends it with proof when asked to', async () => {
    const left = await leave(forEver);
    await restartWith(left);
    await bench.report(left.executionId, 'started');
    await eventually(() => expect(textOf(left.executionId).split('tick').length).toBeGreaterThan(5));
    expect(textOf(left.executionId)).toMatch(/^before\n/);
    expect(left.living()).toContain(left.tree.record.pid);
    expect(await bench.start(left.execution, ['true'])).toEqual({ answer: 'accepted' });
    expect(await bench.stop(left.execution)).toMatchObject({ answers: [{ answer: 'signalled' }] });
    const { ending } = await bench.report(left.executionId, 'ended');
    expect(left.living()).toEqual([]);
    expect(ending).toMatchObject({
      reason: 'stopped',
      started: true,
      cancellationId: plainStop.cancellationId,
      evidence: { survivors: 0, signals: [{ signal: 'SIGTERM' }] },
    });
    expect(ending.evidence.provenGoneAt).not.toBeNull();
  });

  it('notices its end, and claims no exit code that nobody has seen', async () => {
    const left = await leave('sleep 1; setsid sleep 300 & echo done');
    await restartWith(left);
    const { ending } = await bench.report(left.executionId, 'ended');
    expect(ending).toMatchObject({
      reason: 'runner-restarted',
      exit: { code: null, signal: null },
      evidence: { survivors: 0 },
    });
    await eventually(() => expect(textOf(left.executionId)).toContain('done'));
  });

  it('ends it when it has run for as long as it may', async () => {
    const left = await leave(forEver, null, 500);
    await restartWith(left);
    expect((await bench.report(left.executionId, 'ended')).ending).toMatchObject({ reason: 'timed-out' });
    expect(left.living()).toEqual([]);
  });

  it('tells of each signal once, whoever else has asked for it', async () => {
    const left = await leave(`trap "" TERM; ${forEver}`);
    await restartWith(left);
    await eventually(() => expect(textOf(left.executionId)).toContain('tick'));
    const asked = { execution: left.execution, stop: { ...plainStop, gracePeriodMs: 500 } };
    await bench.ask('stop', { stops: [asked, asked, asked] });
    const { ending } = await bench.report(left.executionId, 'ended');
    expect(ending.evidence.signals).toMatchObject([{ signal: 'SIGTERM' }, { signal: 'SIGKILL' }]);
    const told = bench.signalsOf(left.executionId);
    expect(new Set(told.map(({ signal }) => signal)).size).toBe(told.length);
    expect(new ExecutionFiles(bench.home).read(left.executionId)?.signals).toEqual(ending.evidence.signals);
  });

  it('lets it use none of its time while it stands still', async () => {
    const cancellationId = idOf('can', randomUUID());
    const left = await leave(forEver, null, 3_000);
    await restartWith(left);
    await bench.report(left.executionId, 'started');
    expect(await bench.ask('freeze', { executions: [left.execution], cancellationId })).toMatchObject({
      answers: [{ answer: 'frozen' }],
    });
    // Begun later, with more time.
    const other = identity(bench.runnerId);
    await bench.start(other, ['sleep', '300'], { timeoutMs: 3_500 });
    await bench.report(other.executionId, 'ended');
    expect(left.living()).toContain(left.tree.record.pid);
    await bench.ask('thaw', { executions: [left.execution], cancellationId });
    await bench.report(left.executionId, 'thawed');
    expect((await bench.report(left.executionId, 'ended')).ending).toMatchObject({ reason: 'timed-out' });
  });

  it('holds what its predecessor held, with the time it had left, until it is let go', async () => {
    const cancellationId = idOf('can', randomUUID());
    const left = await leave(forEver, null, 0, { held: { by: [cancellationId], leftMs: 1_500 } });
    await left.tree.freeze();
    await restartWith(left);
    await bench.report(left.executionId, 'frozen');
    const other = identity(bench.runnerId);
    await bench.start(other, ['sleep', '300'], { timeoutMs: 2_000 });
    await bench.report(other.executionId, 'ended');
    expect(left.living()).toContain(left.tree.record.pid);
    const said = textOf(left.executionId);
    await bench.ask('thaw', { executions: [left.execution], cancellationId });
    await eventually(() => expect(textOf(left.executionId).length).toBeGreaterThan(said.length));
    expect((await bench.report(left.executionId, 'ended')).ending).toMatchObject({ reason: 'timed-out' });
  });

  it('keeps no output of what was ended before it began', async () => {
    const execution = identity(bench.runnerId);
    await bench.ask('freeze', { executions: [execution], cancellationId: idOf('can', randomUUID()) });
    await bench.start(execution, ['true']);
    await bench.stop(execution);
    expect((await bench.report(execution.executionId, 'ended')).ending).toMatchObject({ started: false });
    expect(readdirSync(join(bench.home, 'output'))).toEqual([]);
  });

  it('ends it when nobody says in time that it may go on', async () => {
    const left = await leave(forEver);
    left.record();
    bench.setAnswering(false);
    const restarting = bench.restart();
    expect((await bench.report(left.executionId, 'ended')).ending).toMatchObject({ reason: 'lease-lost' });
    expect(left.living()).toEqual([]);
    bench.setAnswering(true);
    await restarting;
  });

  it.each([
    ['the runner-monitor has fenced', null, 'fenced'],
    ['somebody had asked to stop', plainStop, 'stopped'],
  ] as const)('ends what %s', async (_, stop, reason) => {
    const left = await leave(forEver, stop);
    bench.fence(left.executionId);
    await restartWith(left);
    expect((await bench.report(left.executionId, 'ended')).ending).toMatchObject({
      reason,
      evidence: { survivors: 0 },
    });
    expect(left.living()).toEqual([]);
  });
});
