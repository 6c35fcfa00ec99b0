import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CleanReply } from '@necrocode/contracts';
import type { SlotClaim, SlotId } from '@necrocode/domain';
import { newId } from '@necrocode/service-kit';
import { eventually } from '@necrocode/testing';
import { identity, runnerBench } from '../testing/runner-bench.js';

type Bench = Awaited<ReturnType<typeof runnerBench>>;
let bench: Bench;

beforeAll(async () => {
  bench = await runnerBench();
});
afterAll(() => bench.end());

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

  it('removes once more what was written after it was done, when that was found; a repetition is answered from memory', async () => {
    const execution = identity(bench.runnerId);
    const { jobId } = execution;
    const write = () => {
      mkdirSync(workspaceOf(jobId), { recursive: true });
      writeFileSync(join(workspaceOf(jobId), 'late'), 'x');
    };
    const request = { kind: 'workspace', jobId, artifacts: [], removeWorkspace: true };
    const once = { kind: 'workspace', report: { filesRemoved: 1, leftFiles: 0 } };
    write();
    expect(await bench.ask<CleanReply>('clean', request)).toMatchObject(once);
    write();
    expect(await bench.ask<CleanReply>('clean', request)).toMatchObject(once);
    expect(existsSync(workspaceOf(jobId))).toBe(true);
    const again = { ...request, foundAt: new Date().toISOString() };
    expect(await bench.ask<CleanReply>('clean', again)).toMatchObject(once);
    expect(existsSync(workspaceOf(jobId))).toBe(false);
  });

  it('does not remove the workspace of a job that still runs', async () => {
    const execution = identity(bench.runnerId);
    await bench.start(execution, ['sleep', '300']);
    const request = { kind: 'workspace', jobId: execution.jobId, artifacts: [], removeWorkspace: true };
    expect(await bench.ask<CleanReply>('clean', request)).toMatchObject({
      kind: 'failed',
      error: { code: 'cleanup-failed' },
    });
    await bench.stop(execution);
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
