import { writeFileSync } from 'node:fs';
import { afterAll, afterEach, describe, expect, it, jest } from '@jest/globals';
import { eventually } from '@necrocode/testing';
import { openRecorded } from '../recover/recorded-tree.js';
import {
  anyTree,
  availableContainments,
  closeContainments,
  endTrees,
  startHostile,
  startTree,
} from '../trees.spec-support.js';

jest.setTimeout(60_000); // On a busy machine; nothing here waits that long.

const containments = await availableContainments();
const inCgroups = containments.filter(([, { root }]) => root !== null);

afterEach(endTrees);
afterAll(() => closeContainments(containments));

/** What a job as mighty as its agent can do to itself: move to the cgroup above those of all trees. */
function moveOut(directory: string, pid: number): void {
  try {
    writeFileSync(`${directory.split('/').slice(0, -2).join('/')}/cgroup.procs`, String(pid));
  } catch {
    // A process of a moment has ended since it was found.
  }
}

if (inCgroups.length === 0) {
  it('has no cgroup to move out of on this machine, for this user', () => {
    expect(containments).toMatchObject([['process-group', { refused: [{}, {}] }]]);
  });
} else {
  describe.each(inCgroups)('a process that moves itself out of its %s', (_, containment) => {
    it.each([
      ['gracefully', { gracePeriodMs: 10_000 }],
      ['by force', { gracePeriodMs: 0, force: true }],
    ])('is found and ended %s all the same', async (_how, options) => {
      const { tree, living } = await startHostile(containment, 'clears-environment');
      await eventually(() => expect(living()).toHaveLength(2));
      for (const pid of living()) moveOut(tree.record.cgroup?.directory ?? '', pid);
      const report = await tree.stop(options);
      expect(living()).toEqual([]);
      expect(report).toMatchObject({ assurance: 'kernel', passes: 2, survivors: [] });
    });

    it('is killed there when it ignores the signal and goes on forking', async () => {
      const { tree, living } = await startHostile(containment, 'fork-storm', '5');
      const workers = living().filter((pid) => pid !== tree.record.pid);
      for (const pid of workers) moveOut(tree.record.cgroup?.directory ?? '', pid);
      const report = await tree.stop({ gracePeriodMs: 50 });
      expect(living()).toEqual([]);
      expect(report).toMatchObject({ assurance: 'kernel', forced: true, survivors: [] });
    });

    it('keeps the tree from being called gone for as long as it lives', async () => {
      const { tree, living } = await startHostile(containment, 'deaf-daemon');
      await eventually(() => expect(living()).toHaveLength(2));
      const daemon = living().find((pid) => pid !== tree.record.pid);
      moveOut(tree.record.cgroup?.directory ?? '', daemon ?? 0);
      const report = await tree.stop({ gracePeriodMs: 200 });
      expect(living()).toEqual([]);
      expect(report).toMatchObject({ forced: true, exit: { signal: 'SIGTERM' }, survivors: [] });
    });

    it('is found by a later agent, too', async () => {
      const { tree, living } = await startHostile(containment, 'clears-environment');
      await eventually(() => expect(living()).toHaveLength(2));
      for (const pid of living()) moveOut(tree.record.cgroup?.directory ?? '', pid);
      await openRecorded(tree.record).stop({ gracePeriodMs: 10_000 });
      expect(living()).toEqual([]);
      await tree.stop({ gracePeriodMs: 0 });
    });

    it('cannot do so as another user, and is not searched for', async () => {
      const { directory } = containment.root ?? { directory: '' };
      const tree = await startTree({
        ...anyTree(containment),
        command: ['/bin/sh', '-c', 'echo $$ > "$1/cgroup.procs"', 'sh', directory],
        runAs: { uid: 65_534, gid: 65_534 },
      });
      expect((await tree.exited).code).not.toBe(0);
      expect(await tree.stop({ gracePeriodMs: 0 })).toMatchObject({ assurance: 'kernel', passes: 0, survivors: [] });
    });
  });
}
