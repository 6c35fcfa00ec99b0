import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@necrocode/testing';
import { processesOf } from './support/processes-of.js';
import { runCli } from './support/run-cli.js';
import { testSystem } from './support/test-system.js';

type System = Awaited<ReturnType<typeof testSystem>>;
let world: System;

beforeAll(async () => {
  // A lease that no busy machine lets run out: what is frozen here must not be fenced besides.
  world = await testSystem({ env: { LEASE_MS: '60000' } });
}, 180_000);
afterAll(() => world.end(), 60_000);

/** Uses CPU until it is let finish by a file; behind it waits another. */
const runBusy = async () => {
  const { jobId } = await world.client.submitJob({
    name: 'busy',
    tasks: [
      { key: 'spin', command: ['sh', '-c', 'while [ ! -e done ]; do :; done'] },
      { key: 'behind', dependsOn: ['spin'], command: ['true'] },
    ],
  });
  await world.job(jobId, ({ tasks }) => tasks[0]?.status === 'running');
  return jobId;
};
const hold = async (jobId: string, undoWindowMs = 3_600_000) => {
  const { cancellationId } = await world.client.cancelJob(jobId, { undoWindowMs });
  const id = String(cancellationId);
  await eventually(async () => {
    const { undo } = await world.client.getCancellation(id);
    expect(undo).toMatchObject({ phase: 'holding', executions: 1, frozenExecutions: 1, parkedTasks: 2 });
  });
  return id;
};
const ticksOf = (jobId: string): number =>
  processesOf(jobId).reduce((sum, pid) => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return sum + Number(fields[11]) + Number(fields[12]);
  }, 0);

describe('a cancellation with an undo window', () => {
  it('freezes what runs, is undone by the CLI, and the job goes on', async () => {
    const jobId = await runBusy();
    const cancellationId = await hold(jobId);
    const before = ticksOf(jobId);
    const shown = await runCli(['cancellation', 'show', cancellationId], { NECROCODE_HOME: world.home });
    expect(shown.stdout).toContain('necrocode cancellation undo');
    expect(ticksOf(jobId)).toBe(before);
    const undone = await runCli(['cancellation', 'undo', cancellationId], { NECROCODE_HOME: world.home });
    expect(undone).toMatchObject({ code: 0, stdout: expect.stringContaining('undone') });
    await eventually(() => expect(ticksOf(jobId)).toBeGreaterThan(before), { withinMs: 20_000 });
    expect((await world.client.getJob(jobId)).status).toBe('running');
    await world.completed(String((await world.client.cancelJob(jobId, { force: true })).cancellationId));
  }, 120_000);

  it.each(['dispatcher', 'runner-monitor', 'cancellation-service'])(
    'is undone also when the %s is killed at that moment',
    async (service) => {
      const jobId = await runBusy();
      const cancellationId = await hold(jobId);
      world.system.processes.get(service)?.signal('SIGKILL');
      await eventually(() => world.client.undoCancellation(cancellationId), { withinMs: 60_000 });
      await eventually(async () => expect((await world.client.getCancellation(cancellationId)).status).toBe('undone'), {
        withinMs: 60_000,
      });
      const before = ticksOf(jobId);
      await eventually(() => expect(ticksOf(jobId)).toBeGreaterThan(before), { withinMs: 20_000 });
      await world.system.untilReady(service);
      await world.completed(String((await world.client.cancelJob(jobId, { force: true })).cancellationId));
    },
    180_000,
  );

  it('ends everything when the window is over, as if it had been asked for then', async () => {
    const jobId = await runBusy();
    const { cancellationId } = await world.client.cancelJob(jobId, { undoWindowMs: 500 });
    const { certificate } = await world.completed(String(cancellationId));
    expect(certificate).toMatchObject({ outcome: 'completed', tasks: { cancelled: 2, neverStarted: 1 } });
    expect(processesOf(jobId)).toEqual([]);
    await expect(world.client.undoCancellation(String(cancellationId))).rejects.toMatchObject({
      code: 'undo-window-over',
    });
  }, 120_000);

  it('of a runner that is killed ends what it held: its successor finds it frozen', async () => {
    const jobId = await runBusy();
    await hold(jobId);
    world.system.processes.get('runner-1')?.signal('SIGKILL');
    await eventually(() => expect(processesOf(jobId)).toEqual([]), { withinMs: 60_000 });
    const joined = await world.client.cancelJob(jobId, { force: true });
    await world.completed(String(joined.cancellationId));
  }, 180_000);
});
