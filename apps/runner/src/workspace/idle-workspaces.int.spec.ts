import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { CleanReply, InspectReply } from '@necrocode/contracts';
import { newId } from '@necrocode/service-kit';
import { eventually } from '@necrocode/testing';
import { identity, runnerBench } from '../testing/runner-bench.js';

type Bench = Awaited<ReturnType<typeof runnerBench>>;
let bench: Bench;

beforeAll(async () => {
  bench = await runnerBench({ leaseMs: 6_000 });
});
afterEach(() => rmSync(join(bench.home, 'workspaces'), { recursive: true, force: true }));
afterAll(() => bench.end());

const at = (name: string) => join(bench.home, 'workspaces', name);
const made = (name: string) => {
  mkdirSync(at(name), { recursive: true });
  return name;
};
const named = (...jobIds: string[]) =>
  eventually(() => expect(bench.lastBeat()?.workspaces).toEqual(jobIds), { withinMs: 15_000 });

describe('the workspaces that a heartbeat names', () => {
  it('are directories named after a job, the oldest first, and nothing else that lies there', async () => {
    const [older, newer] = [newId('job'), newId('job')];
    for (const name of [newer, older, newId('exe'), 'job_', '.hidden', `${newId('job')}.bak`]) made(name);
    writeFileSync(at(newId('job')), 'a file');
    symlinkSync(at(older), at(newId('job')));
    await named(older, newer);
  });

  it('are named until they are gone', async () => {
    const jobId = made(newId('job'));
    await named(jobId);
    const request = { kind: 'workspace', jobId, artifacts: [], removeWorkspace: true };
    expect(await bench.ask<CleanReply>('clean', request)).toMatchObject({ kind: 'workspace' });
    await named();
  });

  it('are not those in which something runs, but they are once it has ended', async () => {
    const [execution, idle] = [identity(bench.runnerId), made(newId('job'))];
    await bench.start(execution, ['sleep', '300']);
    await bench.report(execution.executionId, 'started');
    const later = made(newId('job'));
    await named(idle, later);
    expect(bench.lastBeat()?.executionIds).toEqual([execution.executionId]);
    await bench.stop(execution);
    await bench.report(execution.executionId, 'ended');
    await named(...[execution.jobId, idle, later].sort());
  });

  it('are a hundred at most, and the rest when these are gone', async () => {
    const jobIds = Array.from({ length: 103 }, () => made(newId('job'))).sort();
    await named(...jobIds.slice(0, 100));
    for (const jobId of jobIds.slice(0, 100)) rmSync(at(jobId), { recursive: true });
    await named(...jobIds.slice(100));
  });
});

describe('a look at a workspace', () => {
  const look = (jobId: string | null) => bench.ask<InspectReply>('inspect', { executionIds: [], jobId });

  it('says whether it is there, be it empty', async () => {
    const jobId = newId('job');
    expect(await look(jobId)).toMatchObject({ hasWorkspace: false, leftFiles: 0 });
    made(jobId);
    expect(await look(jobId)).toMatchObject({ hasWorkspace: true, leftFiles: 0 });
    writeFileSync(join(at(jobId), 'left'), 'x');
    expect(await look(jobId)).toMatchObject({ hasWorkspace: true, leftFiles: 1 });
    expect(await look(null)).not.toHaveProperty('hasWorkspace');
  });
});
