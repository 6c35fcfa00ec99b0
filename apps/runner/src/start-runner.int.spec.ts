import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CleanReply, InspectReply, StartReply, StopRunnerReply } from '@necrocode/contracts';
import type { SlotClaim, SlotId } from '@necrocode/domain';
import { detectContainment, spawnTree } from '@necrocode/process-tree';
import { newId } from '@necrocode/service-kit';
import { eventually } from '@necrocode/testing';
import { ExecutionFiles } from './execution/execution-file.js';
import { MARKER } from './execution/live-execution.js';
import { identity, plainStop, runnerBench, startOf } from './testing/runner-bench.js';

type Bench = Awaited<ReturnType<typeof runnerBench>>;
const node = process.execPath;
let bench: Bench;

beforeAll(async () => {
  bench = await runnerBench();
});
afterAll(() => bench.end());

const start = (execution: ReturnType<typeof identity>, command: readonly string[], more = {}) =>
  bench.ask<StartReply>('start', startOf(execution, command, more));
const stop = (execution: ReturnType<typeof identity>, more = {}) =>
  bench.ask<StopRunnerReply>('stop', { stops: [{ execution, stop: { ...plainStop, ...more } }] });

describe('starting', () => {
  it('runs the command, publishes what it writes and reports its start and its end', async () => {
    const execution = identity(bench.runnerId);
    expect(await start(execution, ['sh', '-c', 'echo out; echo err >&2; exit 3'])).toEqual({ answer: 'accepted' });
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
    await start(execution, ['true']);
    await bench.report(execution.executionId, 'ended');
    expect(await start(execution, ['true'])).toEqual({ answer: 'accepted' });
    const { ending } = await bench.report(execution.executionId, 'ended', 2);
    expect(ending).toMatchObject({ reason: 'exited', started: true });
  });

  it('gives the task its own environment and none of the agent’s secrets', async () => {
    process.env['AGENT_SECRET'] = 'do-not-pass-on';
    const execution = identity(bench.runnerId);
    await start(execution, ['env'], { env: { EPOCHS: '5' } });
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
    await start(execution, ['sleep', '60']);
    expect(await start(execution, ['sleep', '60'])).toEqual({ answer: 'accepted' });
    await bench.report(execution.executionId, 'started');
    await stop(execution);
    await bench.report(execution.executionId, 'ended');
    expect(await start(execution, ['sleep', '60'])).toEqual({ answer: 'accepted' });
    expect(
      bench.reports.filter((r) => r.execution.executionId === execution.executionId && r.kind === 'started'),
    ).toHaveLength(1);
  });

  it('reports a command that does not exist with its code', async () => {
    const execution = identity(bench.runnerId);
    await start(execution, ['no-such-program-anywhere']);
    const { ending } = await bench.report(execution.executionId, 'ended');
    expect(ending).toMatchObject({ reason: 'start-failed', started: false, error: { code: 'command-not-found' } });
  });

  it('runs nothing when an artifact of an earlier generation cannot be put back, and says which', async () => {
    const execution = identity(bench.runnerId);
    const restore = [{ path: 'model', location: 'kept/gone', digest: 'sha256:1' }];
    await start(execution, ['true'], { restore });
    const { ending } = await bench.report(execution.executionId, 'ended');
    expect(ending).toMatchObject({ reason: 'start-failed', started: false, error: { code: 'artifact-not-restored' } });
    expect(existsSync(join(bench.home, 'workspaces', execution.jobId))).toBe(false);
  });

  it('ends what a task leaves behind when it ends by itself', async () => {
    const execution = identity(bench.runnerId);
    await start(execution, ['sh', '-c', 'setsid sleep 300 & exit 0']);
    const { ending } = await bench.report(execution.executionId, 'ended');
    expect(ending).toMatchObject({ reason: 'exited', exit: { code: 0 }, evidence: { survivors: 0 } });
    const inspected = await bench.ask<InspectReply>('inspect', { executionIds: [execution.executionId], jobId: null });
    expect(inspected.executions).toEqual([{ executionId: execution.executionId, survivors: 0 }]);
  });

  it('ends a task that runs longer than it may', async () => {
    const execution = identity(bench.runnerId);
    await start(execution, ['sleep', '300'], { timeoutMs: 50 });
    const { ending } = await bench.report(execution.executionId, 'ended');
    expect(ending).toMatchObject({ reason: 'timed-out', cancellationId: null });
  });
});

describe('stopping', () => {
  it('signals, proves the end and names the cancellation that asked', async () => {
    const execution = identity(bench.runnerId);
    await start(execution, ['sleep', '300']);
    await bench.report(execution.executionId, 'started');
    expect(await stop(execution)).toEqual({ answers: [{ executionId: execution.executionId, answer: 'signalled' }] });
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
    await start(execution, ['true']);
    await bench.report(executionId, 'ended');
    const stray = spawn('sleep', ['300'], { env: { [MARKER]: executionId }, stdio: 'ignore' });
    const died = once(stray, 'exit');
    const found = await bench.ask<InspectReply>('inspect', { executionIds: [executionId], jobId: null });
    expect(found.executions).toEqual([{ executionId, survivors: 1 }]);
    expect(await stop(execution, { force: true })).toEqual({ answers: [{ executionId, answer: 'signalled' }] });
    expect(await died).toEqual([null, 'SIGKILL']);
    const { ending } = await bench.report(executionId, 'ended', 2);
    expect(ending).toMatchObject({ reason: 'exited', evidence: { survivors: 0, forced: true } });
  });

  it('forces what ignores the signal, and a second stop may only make it sooner', async () => {
    const execution = identity(bench.runnerId);
    await start(execution, [
      node,
      '-e',
      'process.on("SIGTERM", () => {}); console.log("ready"); setInterval(() => {}, 1000)',
    ]);
    await eventually(() => expect(bench.output.some((c) => c.executionId === execution.executionId)).toBe(true), {
      withinMs: 10_000,
    });
    await stop(execution, { gracePeriodMs: 3_000_000 });
    await bench.report(execution.executionId, 'signalled');
    await stop(execution, { gracePeriodMs: 3_000_000, force: true });
    const { ending } = await bench.report(execution.executionId, 'ended');
    expect(ending).toMatchObject({ reason: 'stopped', exit: { signal: 'SIGKILL' }, evidence: { forced: true } });
    expect(ending.evidence.signals.map(({ signal }) => signal)).toEqual(['SIGTERM', 'SIGKILL']);
  });

  it('before the start leaves a tombstone: reported as never started, and the late start is refused', async () => {
    const execution = identity(bench.runnerId);
    expect((await stop(execution)).answers[0]?.answer).toBe('never-started');
    const { ending } = await bench.report(execution.executionId, 'ended');
    expect(ending).toMatchObject({ reason: 'stopped', started: false, cancellationId: plainStop.cancellationId });
    expect(await start(execution, ['sleep', '300'])).toEqual({ answer: 'refused', because: 'tombstone' });
  });

  it('right behind the start never lets the command run on', async () => {
    const execution = identity(bench.runnerId);
    const [started] = await Promise.all([start(execution, ['sleep', '300']), stop(execution)]);
    expect(started.answer).toBe('accepted');
    expect((await bench.report(execution.executionId, 'ended')).ending).toMatchObject({
      reason: 'stopped',
      evidence: { survivors: 0 },
    });
  });

  it('what has ended reports its end again, for a report that was lost', async () => {
    const execution = identity(bench.runnerId);
    await start(execution, ['true']);
    const first = await bench.report(execution.executionId, 'ended');
    expect((await stop(execution)).answers[0]?.answer).toBe('ended');
    expect((await bench.report(execution.executionId, 'ended', 2)).ending).toEqual(first.ending);
  });
});

describe('cleaning', () => {
  const workspaceOf = (jobId: string) => join(bench.home, 'workspaces', jobId);

  it('handles artifacts by policy, follows no link, removes the workspace and repeats its report', async () => {
    const { jobId, taskId } = identity(bench.runnerId);
    const outside = join(bench.directory, 'outside');
    mkdirSync(outside);
    writeFileSync(join(outside, 'precious'), 'stays');
    mkdirSync(join(workspaceOf(jobId), 'out', 'deep'), { recursive: true });
    for (const name of ['keep.bin', 'drop.bin', 'hold.bin', 'deep/keep.bin'])
      writeFileSync(join(workspaceOf(jobId), 'out', name), name);
    symlinkSync(outside, join(workspaceOf(jobId), 'out', 'link'));
    const order = (key: string, glob: string, policy: string) => ({ taskId, key, globs: [glob], policy });
    const request = {
      kind: 'workspace',
      jobId,
      artifacts: [
        order('a', 'out/**/keep.bin', 'keep'),
        order('b', 'out/drop.bin', 'delete'),
        order('c', 'out/hold.bin', 'quarantine'),
      ],
      removeWorkspace: true,
    };
    const [reply, atOnce] = await Promise.all([
      bench.ask<CleanReply>('clean', request),
      bench.ask<CleanReply>('clean', request),
    ]);
    expect(atOnce).toEqual(reply);
    expect(reply).toMatchObject({ kind: 'workspace', report: { leftFiles: 0, filesRemoved: 5 } });
    const locations = reply.kind === 'workspace' ? reply.report.artifacts.map(({ location }) => location) : [];
    expect(locations).toEqual([
      `kept/${jobId}/a/out/deep/keep.bin`,
      `kept/${jobId}/a/out/keep.bin`,
      null,
      `quarantine/${jobId}/c/out/hold.bin`,
    ]);
    expect(readFileSync(join(bench.directory, 'artifacts', 'kept', jobId, 'a', 'out', 'keep.bin'), 'utf8')).toBe(
      'keep.bin',
    );
    expect(existsSync(workspaceOf(jobId))).toBe(false);
    expect(readFileSync(join(outside, 'precious'), 'utf8')).toBe('stays');
    expect(await bench.ask<CleanReply>('clean', request)).toEqual(reply);
  });

  it('does not remove the workspace of a job that still runs', async () => {
    const execution = identity(bench.runnerId);
    await start(execution, ['sleep', '300']);
    const request = { kind: 'workspace', jobId: execution.jobId, artifacts: [], removeWorkspace: true };
    expect(await bench.ask<CleanReply>('clean', request)).toMatchObject({
      kind: 'failed',
      error: { code: 'cleanup-failed' },
    });
    await stop(execution);
    await bench.report(execution.executionId, 'ended');
    await eventually(async () =>
      expect(await bench.ask<CleanReply>('clean', request)).toMatchObject({ kind: 'workspace' }),
    );
  });

  it('resets a checkout in a slot, and nothing the last holder wrote into .git is run', async () => {
    const slot: SlotClaim = { pool: 'repos', slotId: `${bench.runnerId}/repos/1` as SlotId, kind: 'repository' };
    const directory = join(bench.home, 'slots', 'repos', '1');
    mkdirSync(directory, { recursive: true });
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=x', '-c', 'user.email=x@x', ...args], { cwd: directory });
    git('init', '--quiet');
    writeFileSync(join(directory, 'tracked'), 'one');
    git('add', '.');
    git('commit', '--quiet', '-m', 'one');
    const trap = join(bench.directory, 'trap');
    git('config', 'filter.evil.smudge', `touch ${trap}; cat`);
    git('config', 'core.fsmonitor', `touch ${trap}; false`);
    mkdirSync(join(directory, '.git', 'info'), { recursive: true });
    writeFileSync(join(directory, '.git', 'info', 'attributes'), '* filter=evil\n');
    writeFileSync(join(directory, 'tracked'), 'dirty');
    writeFileSync(join(directory, 'untracked'), 'left');
    const request = { kind: 'slot', slot, executionId: newId('exe') };
    const [reply, joined] = await Promise.all([
      bench.ask<CleanReply>('clean', request),
      bench.ask<CleanReply>('clean', request),
    ]);
    expect(reply).toMatchObject({ kind: 'slot', evidence: { kind: 'repository', leftEntries: 0 } });
    expect(joined).toEqual(reply); // Who asks again while it is being cleaned does not clean beside it.
    expect(readFileSync(join(directory, 'tracked'), 'utf8')).toBe('one');
    expect(existsSync(join(directory, 'untracked'))).toBe(false);
    expect(existsSync(trap)).toBe(false);
  });
});

describe('after the death of its predecessor', () => {
  const leaveRunning = async () => {
    const containment = await detectContainment({ group: 'necrocode-spec-predecessor' });
    const execution = identity(bench.runnerId);
    const tree = await spawnTree({
      name: execution.executionId,
      command: ['sleep', '300'],
      cwd: bench.directory,
      env: {},
      marker: { name: 'NECROCODE_EXECUTION_ID', value: execution.executionId },
      containment,
      beforeRelease: () => Promise.resolve(true),
    });
    return { execution, tree };
  };

  it('a runner ends what was left running, proves it and reports it', async () => {
    const { execution, tree } = await leaveRunning();
    await bench.restart();
    new ExecutionFiles(bench.home).write({ execution, stop: null, tree: tree.record, ending: null });
    await bench.restart();
    const { ending } = await bench.report(execution.executionId, 'ended');
    expect(ending).toMatchObject({ reason: 'runner-restarted', started: true, evidence: { survivors: 0 } });
    await tree.stop({ gracePeriodMs: 0, force: true });
  });

  it('a runner has on record who asked for a stop and what was signalled, while the tree still lives', async () => {
    const execution = identity(bench.runnerId);
    await start(execution, ['sh', '-c', 'trap "" TERM; echo ready; while :; do sleep 1; done']);
    await eventually(() => expect(bench.output.some((c) => c.executionId === execution.executionId)).toBe(true));
    await stop(execution);
    await stop(execution);
    const file = new ExecutionFiles(bench.home).read(execution.executionId);
    expect(file).toMatchObject({ stop: plainStop, signals: [{ signal: 'SIGTERM' }], ending: null });
    expect(file?.signals).toHaveLength(1);
    await stop(execution, { force: true });
    await bench.report(execution.executionId, 'ended');
  });

  it('the proof of the end tells of the signals that the predecessor had sent', async () => {
    const { execution, tree } = await leaveRunning();
    const sent = { signal: 'SIGTERM', at: '2026-01-01T00:00:00.000Z', processes: 3, answer: 'delivered' } as const;
    await bench.restart();
    const files = new ExecutionFiles(bench.home);
    files.write({ execution, stop: plainStop, signals: [sent], tree: tree.record, ending: null });
    await bench.restart();
    const { ending } = await bench.report(execution.executionId, 'ended');
    expect(ending).toMatchObject({
      reason: 'stopped',
      cancellationId: plainStop.cancellationId,
      evidence: { signals: [sent, { signal: 'SIGKILL' }], forced: true, peakProcesses: 3, survivors: 0 },
    });
    await tree.stop({ gracePeriodMs: 0, force: true });
  });
});

describe('a runner that gets no answer to its heartbeats', () => {
  const leaseMs = 1_500;
  let cutOff: Awaited<ReturnType<typeof runnerBench>>;
  beforeAll(async () => {
    cutOff = await runnerBench({ leaseMs });
  }, 60_000);
  afterAll(() => cutOff.end(), 60_000);

  it('ends its own trees before its lease is over, also those that do not help, and says why', async () => {
    const execution = identity(cutOff.runnerId);
    await cutOff.ask('start', startOf(execution, ['sh', '-c', 'trap "" TERM; while :; do sleep 1; done']));
    await cutOff.report(execution.executionId, 'started');
    cutOff.setAnswering(false);
    const { ending } = await cutOff.report(execution.executionId, 'ended');
    expect(ending).toMatchObject({ reason: 'lease-lost', cancellationId: null, evidence: { survivors: 0 } });
    const { provenGoneAt } = ending.evidence;
    expect(Date.parse(String(provenGoneAt))).toBeLessThan(cutOff.answeredAt() + leaseMs);
  });

  it('starts nothing until it has heard the runner-monitor again', async () => {
    const tried = identity(cutOff.runnerId);
    await expect(cutOff.ask('start', startOf(tried, ['sleep', '300']), 200)).rejects.toThrow('timeout');
    cutOff.setAnswering(true);
    await eventually(async () =>
      expect(await cutOff.ask('start', startOf(tried, ['true']), 200)).toEqual({ answer: 'accepted' }),
    );
    expect((await cutOff.report(tried.executionId, 'ended')).ending).toMatchObject({ reason: 'exited' });
  });
});
