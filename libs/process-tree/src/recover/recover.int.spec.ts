import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, afterEach, describe, expect, it, jest } from '@jest/globals';
import { eventually } from '@necrocode/testing';
import { hostileToken, livingProcesses } from '@necrocode/testing/hostile';
import { readProcess } from '../proc/process-table.js';
import { availableContainments, closeContainments, endTrees, startHostile } from '../trees.spec-support.js';
import { endContainment, listContainments } from './list-containments.js';
import { killRecorded, openRecorded } from './recorded-tree.js';
import { scanForMarkers } from './scan-for-markers.js';

jest.setTimeout(60_000); // On a busy machine; nothing here waits that long.

const containments = await availableContainments();
const inCgroups = containments.filter(([, { root }]) => root !== null);

afterEach(endTrees);
afterAll(() => closeContainments(containments));

describe.each(containments)('finding and ending what a predecessor left, held by %s', (means, containment) => {
  it('ends a recorded tree with all that came of it', async () => {
    const { tree, living } = await startHostile(containment, 'clears-environment');
    await eventually(() => expect(living()).toHaveLength(2));
    const record = JSON.parse(JSON.stringify(tree.record)) as typeof tree.record;
    expect(openRecorded(record).members()).toHaveLength(2);
    const report = await killRecorded(record);
    expect(living()).toEqual([]);
    expect(report).toMatchObject({ means, assurance: containment.assurance, forced: true, survivors: [], exit: null });
    await tree.stop({ gracePeriodMs: 0 });
  });

  it('ends it after its leader has gone, gracefully if asked to', async () => {
    const { tree, living } = await startHostile(containment, 'holds-stdout');
    await tree.exited;
    await eventually(() => expect(living()).toHaveLength(1));
    const report = await openRecorded(tree.record).stop({ gracePeriodMs: 10_000 });
    expect(living()).toEqual([]);
    expect(report).toMatchObject({ forced: false, survivors: [] });
    expect(report.signals[0]).toMatchObject({ signal: 'SIGTERM', processes: 1 });
    await tree.stop({ gracePeriodMs: 0 });
  });

  it('finds nothing to do for a tree that is gone', async () => {
    const { tree } = await startHostile(containment, 'cooperative');
    await tree.stop({ gracePeriodMs: 10_000 });
    expect(openRecorded(tree.record).members()).toEqual([]);
    expect(await killRecorded(tree.record)).toMatchObject({ signals: [], forced: false, survivors: [] });
  });

  it.each(['with', 'without'])('finds processes by their marks %s a record, each for its own tree', async (how) => {
    const [one, other] = [
      await startHostile(containment, 'clears-environment'),
      await startHostile(containment, 'cooperative'),
    ];
    await eventually(() => expect(one.living()).toHaveLength(2)); // One of the two has only its tag left.
    const { name } = one.tree.record.marker;
    const trees = [one, other].map(({ tree: { record } }) => ({
      value: record.marker.value,
      record: how === 'with' ? record : null,
    }));
    const found = (): number[][] =>
      trees.map(({ value }) =>
        scanForMarkers(name, trees)
          .filter((marked) => marked.value === value)
          .map(({ pid }) => pid)
          .sort((a, b) => a - b),
      );
    expect(found()).toEqual([one.living(), other.living()]);
    await Promise.all([one, other].map(({ tree }) => tree.stop({ gracePeriodMs: 0 })));
    expect(found()).toEqual([[], []]);
  });

  it('takes no start time of another boot for this one', async () => {
    const { tree } = await startHostile(containment, 'cooperative');
    const { name, value } = tree.record.marker;
    const record = { bootId: 'another', startTime: Number.MAX_SAFE_INTEGER };
    expect(scanForMarkers(name, [{ value, record }])).toMatchObject([{ pid: tree.record.pid, value }]);
    await tree.stop({ gracePeriodMs: 0 });
  });

  it('signals nobody when the pid of a record has come to mean another process', async () => {
    const token = hostileToken();
    const stranger = spawn('/bin/sleep', ['120', token], { detached: true, stdio: 'ignore' });
    const { tree } = await startHostile(containment, 'cooperative');
    await tree.stop({ gracePeriodMs: 10_000 });
    const pid = stranger.pid ?? 0;
    const startTime = (readProcess(pid)?.startTime ?? 0) - 1;
    const report = await killRecorded({ ...tree.record, pid, startTime });
    expect(report).toMatchObject({ signals: [], survivors: [] });
    expect(livingProcesses(token)).toEqual([pid]);
    stranger.kill('SIGKILL');
    await once(stranger, 'exit');
  });

  it('ends a process that carries the mark, and nobody else of the group that it has joined', async () => {
    const { tree } = await startHostile(containment, 'cooperative');
    const { name, value } = tree.record.marker;
    const ours = spawn('/bin/sleep', ['120'], { env: { [name]: value }, stdio: 'ignore' }); // In the group of this process.
    const bystander = spawn('/bin/sleep', ['120'], { stdio: 'ignore' });
    const ended = once(ours, 'exit');
    expect(await killRecorded(tree.record)).toMatchObject({ survivors: [] });
    expect(await ended).toEqual([null, 'SIGKILL']);
    expect(bystander.signalCode).toBeNull();
    expect(readProcess(bystander.pid ?? 0)?.state).toBe('S');
    bystander.kill('SIGKILL');
    await once(bystander, 'exit');
    await tree.stop({ gracePeriodMs: 0 });
  });

  it('signals nobody for a record of an earlier boot', async () => {
    const { tree, living } = await startHostile(containment, 'cooperative');
    const report = await killRecorded({ ...tree.record, bootId: 'another' });
    expect(report).toMatchObject({ signals: [], survivors: [], assurance: 'kernel' });
    await eventually(() => expect(living()).toHaveLength(1));
    await tree.stop({ gracePeriodMs: 0 });
  });
});

if (inCgroups.length === 0) {
  it('has no cgroups to look into on this machine, for this user', () => {
    expect(containments.flatMap(([, containment]) => listContainments(containment))).toEqual([]);
  });
} else {
  describe.each(inCgroups)('looking into %s itself', (_, containment) => {
    it('finds every tree by name with its processes, and ends it without a record', async () => {
      const { tree, living } = await startHostile(containment, 'double-fork');
      const { name } = tree.record;
      await eventually(() => expect(living()).toHaveLength(2));
      const found = listContainments(containment).find((containment) => containment.name === name);
      expect(found?.processes.map(({ pid }) => pid).sort((a, b) => a - b)).toEqual(living());
      expect(await endContainment(containment, name)).toMatchObject({ forced: true, survivors: [] });
      expect(living()).toEqual([]);
      expect(listContainments(containment)).toEqual([]);
      expect(await endContainment(containment, name)).toBeUndefined();
      await tree.stop({ gracePeriodMs: 0 });
    });

    it('signals nobody when the cgroup of a record has come to be another one', async () => {
      const { tree, living } = await startHostile(containment, 'cooperative');
      const { record } = tree;
      if (record.cgroup === null) throw new Error('this tree has no cgroup');
      const marker = { name: record.marker.name, value: 'of-an-earlier-tree' };
      const report = await killRecorded({
        ...record,
        marker,
        startTime: record.startTime - 1,
        cgroup: { ...record.cgroup, id: '1' },
      });
      expect(report).toMatchObject({ signals: [], survivors: [] });
      await eventually(() => expect(living()).toHaveLength(1));
      await tree.stop({ gracePeriodMs: 0 });
    });
  });
}
