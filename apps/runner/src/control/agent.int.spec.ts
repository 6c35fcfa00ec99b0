import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { InspectReply } from '@necrocode/contracts';
import { eventually } from '@necrocode/testing';
import { ExecutionFiles } from '../execution/execution-file.js';
import { MARKER } from '../execution/marks.js';
import { identity, plainStop, runnerBench } from '../testing/runner-bench.js';

type Bench = Awaited<ReturnType<typeof runnerBench>>;
const node = process.execPath;
let bench: Bench;

beforeAll(async () => {
  bench = await runnerBench();
});
afterAll(() => bench.end());

describe('starting', () => {
  it('runs the command, publishes what it writes and reports its start and its end', async () => {
    const execution = identity(bench.runnerId);
    expect(await bench.start(execution, ['sh', '-c', 'echo out; echo err >&2; exit 3'])).toEqual({
      answer: 'accepted',
    });
    const { ending } = await bench.report(execution.executionId, 'ended');
    expect(ending).toMatchObject({
      reason: 'exited',
      exit: { code: 3, signal: null },
      started: true,
      cancellationId: null,
    });
    expect(ending.evidence.survivors).toBe(0);
    expect(bench.reports.filter((r) => r.execution.executionId === execution.executionId)[0]?.kind).toBe('started');
    await eventually(() => {
      const written = bench.output.filter((chunk) => chunk.executionId === execution.executionId);
      expect(new Set(written.map(({ stream, text }) => `${stream} ${text}`))).toEqual(
        new Set(['stdout out\n', 'stderr err\n']),
      );
    });
  });

  it('reports an end again to whoever asks for the start again', async () => {
    const execution = identity(bench.runnerId);
    await bench.start(execution, ['true']);
    await bench.report(execution.executionId, 'ended');
    expect(await bench.start(execution, ['true'])).toEqual({ answer: 'accepted' });
    const { ending } = await bench.report(execution.executionId, 'ended', 2);
    expect(ending).toMatchObject({ reason: 'exited', started: true });
  });

  it('gives the task its own environment and none of the agent’s secrets', async () => {
    process.env['AGENT_SECRET'] = 'do-not-pass-on';
    const execution = identity(bench.runnerId);
    await bench.start(execution, ['env'], { env: { EPOCHS: '5' } });
    await bench.report(execution.executionId, 'ended');
    delete process.env['AGENT_SECRET'];
    await eventually(() => {
      const text = bench.output
        .filter((c) => c.executionId === execution.executionId)
        .map((c) => c.text)
        .join('');
      expect(text).toContain('EPOCHS=5');
      expect(text).toContain(`NECROCODE_EXECUTION_ID=${execution.executionId}`);
      expect(text).not.toContain('AGENT_SECRET');
    });
  });

  it('is accepted again without running twice', async () => {
    const execution = identity(bench.runnerId);
    await bench.start(execution, ['sleep', '60']);
    expect(await bench.start(execution, ['sleep', '60'])).toEqual({ answer: 'accepted' });
    await bench.report(execution.executionId, 'started');
    await bench.stop(execution);
    await bench.report(execution.executionId, 'ended');
    expect(await bench.start(execution, ['sleep', '60'])).toEqual({ answer: 'accepted' });
    expect(
      bench.reports.filter((r) => r.execution.executionId === execution.executionId && r.kind === 'started'),
    ).toHaveLength(1);
  });

  it('reports a command that does not exist with its code', async () => {
    const execution = identity(bench.runnerId);
    await bench.start(execution, ['no-such-program-anywhere']);
    const { ending } = await bench.report(execution.executionId, 'ended');
    expect(ending).toMatchObject({ reason: 'start-failed', started: false, error: { code: 'command-not-found' } });
  });

  it('runs nothing when an artifact of an earlier generation cannot be put back, and says which', async () => {
    const execution = identity(bench.runnerId);
    const restore = [{ path: 'model', location: 'kept/gone', digest: 'sha256:1' }];
    await bench.start(execution, ['true'], { restore });
    const { ending } = await bench.report(execution.executionId, 'ended');
    expect(ending).toMatchObject({ reason: 'start-failed', started: false, error: { code: 'artifact-not-restored' } });
    expect(existsSync(join(bench.home, 'workspaces', execution.jobId))).toBe(false);
  });

  it('ends what a task leaves behind when it ends by itself', async () => {
    const execution = identity(bench.runnerId);
    await bench.start(execution, ['sh', '-c', 'setsid sleep 300 & exit 0']);
    const { ending } = await bench.report(execution.executionId, 'ended');
    expect(ending).toMatchObject({ reason: 'exited', exit: { code: 0 }, evidence: { survivors: 0 } });
    const inspected = await bench.ask<InspectReply>('inspect', { executionIds: [execution.executionId], jobId: null });
    expect(inspected.executions).toEqual([{ executionId: execution.executionId, survivors: 0, inHand: null }]);
  });

  it('ends a task that runs longer than it may', async () => {
    const execution = identity(bench.runnerId);
    await bench.start(execution, ['sleep', '300'], { timeoutMs: 50 });
    const { ending } = await bench.report(execution.executionId, 'ended');
    expect(ending).toMatchObject({ reason: 'timed-out', cancellationId: null });
  });
});

describe('stopping', () => {
  it('signals, proves the end and names the cancellation that asked', async () => {
    const execution = identity(bench.runnerId);
    await bench.start(execution, ['sleep', '300']);
    await bench.report(execution.executionId, 'started');
    expect(await bench.stop(execution)).toEqual({
      answers: [{ executionId: execution.executionId, answer: 'signalled' }],
    });
    const { ending } = await bench.report(execution.executionId, 'ended');
    expect(ending).toMatchObject({
      reason: 'stopped',
      cancellationId: plainStop.cancellationId,
      exit: { signal: 'SIGTERM' },
    });
    expect(ending.evidence).toMatchObject({
      forced: false,
      survivors: 0,
      signals: [{ signal: 'SIGTERM', processes: 1 }],
    });
  });

  it('looks again when what has ended is to be ended by force, and ends what it finds', async () => {
    const execution = identity(bench.runnerId);
    const { executionId } = execution;
    await bench.start(execution, ['true']);
    await bench.report(executionId, 'ended');
    const stray = spawn('sleep', ['300'], { env: { [MARKER]: executionId }, stdio: 'ignore' });
    const died = once(stray, 'exit');
    const found = await bench.ask<InspectReply>('inspect', { executionIds: [executionId], jobId: null });
    expect(found.executions).toEqual([{ executionId, survivors: 1, inHand: null }]);
    expect(await bench.stop(execution, { force: true })).toEqual({ answers: [{ executionId, answer: 'signalled' }] });
    expect(await died).toEqual([null, 'SIGKILL']);
    const { ending } = await bench.report(executionId, 'ended', 2);
    expect(ending).toMatchObject({ reason: 'exited', evidence: { survivors: 0, forced: true } });
  });

  it('forces what ignores the signal, and a second stop may only make it sooner', async () => {
    const execution = identity(bench.runnerId);
    await bench.start(execution, [
      node,
      '-e',
      'process.on("SIGTERM", () => {}); console.log("ready"); setInterval(() => {}, 1000)',
    ]);
    await eventually(() => expect(bench.output.some((c) => c.executionId === execution.executionId)).toBe(true), {
      withinMs: 10_000,
    });
    await bench.stop(execution, { gracePeriodMs: 3_000_000 });
    await bench.report(execution.executionId, 'signalled');
    await bench.stop(execution, { gracePeriodMs: 3_000_000, force: true });
    const { ending } = await bench.report(execution.executionId, 'ended');
    expect(ending).toMatchObject({ reason: 'stopped', exit: { signal: 'SIGKILL' }, evidence: { forced: true } });
    expect(ending.evidence.signals.map(({ signal }) => signal)).toEqual(['SIGTERM', 'SIGKILL']);
  });

  it('tells of each signal once, whoever else has asked for it', async () => {
    const execution = identity(bench.runnerId);
    // Leaves, when it is asked to go, one more who does not hear it.
    const heir = 'trap "(trap \\"\\" TERM; exec sleep 300) & exit" TERM; echo ready; while :; do sleep 0.05; done';
    await bench.start(execution, ['sh', '-c', heir]);
    await eventually(() => expect(bench.output.some((c) => c.executionId === execution.executionId)).toBe(true));
    const asked = { execution, stop: { ...plainStop, gracePeriodMs: 500 } };
    await bench.ask('stop', { stops: [asked, asked, asked] });
    const { ending } = await bench.report(execution.executionId, 'ended');
    const { signals } = ending.evidence;
    expect(signals.map(({ signal }) => signal)).toEqual(['SIGTERM', 'SIGTERM', 'SIGKILL']);
    const told = bench.signalsOf(execution.executionId).filter(({ signal }) => signal === 'SIGTERM');
    expect(told).toEqual(signals.slice(0, 2));
    expect(new ExecutionFiles(bench.home).read(execution.executionId)?.signals).toEqual(signals);
  });

  it('before the start leaves a tombstone: reported as never started, and the late start is refused', async () => {
    const execution = identity(bench.runnerId);
    expect((await bench.stop(execution)).answers[0]?.answer).toBe('never-started');
    const { ending } = await bench.report(execution.executionId, 'ended');
    expect(ending).toMatchObject({ reason: 'stopped', started: false, cancellationId: plainStop.cancellationId });
    expect(await bench.start(execution, ['sleep', '300'])).toEqual({ answer: 'refused', because: 'tombstone' });
  });

  it('right behind the start never lets the command run on', async () => {
    const execution = identity(bench.runnerId);
    const [started] = await Promise.all([bench.start(execution, ['sleep', '300']), bench.stop(execution)]);
    expect(started.answer).toBe('accepted');
    expect((await bench.report(execution.executionId, 'ended')).ending).toMatchObject({
      reason: 'stopped',
      evidence: { survivors: 0 },
    });
  });

  it('what has ended reports its end again, for a report that was lost', async () => {
    const execution = identity(bench.runnerId);
    await bench.start(execution, ['true']);
    const first = await bench.report(execution.executionId, 'ended');
    expect((await bench.stop(execution)).answers[0]?.answer).toBe('ended');
    expect((await bench.report(execution.executionId, 'ended', 2)).ending).toEqual(first.ending);
  });
});
