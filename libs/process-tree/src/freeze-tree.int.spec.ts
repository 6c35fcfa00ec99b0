import { readFileSync } from 'node:fs';
import { afterAll, afterEach, describe, expect, it, jest } from '@jest/globals';
import { eventually } from '@necrocode/testing';
import { killRecorded, openRecorded } from './recover/recorded-tree.js';
import {
  anyTree,
  availableContainments,
  closeContainments,
  endTrees,
  readLine,
  startHostile,
  startTree,
} from './trees.spec-support.js';

jest.setTimeout(60_000); // On a busy machine; nothing here waits that long.

const containments = await availableContainments();

afterEach(endTrees);
afterAll(() => closeContainments(containments));

/** CPU time of a process so far, in clock ticks. */
function ticksOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

/** Works for so much CPU time of our own: time in which others could have worked too. */
function work(ms: number): void {
  const start = process.cpuUsage();
  while (process.cpuUsage(start).user / 1_000 < ms);
}

/** Two processes that do nothing but use CPU. */
const startBusy = async (containment: (typeof containments)[number][1]) => {
  const command = ['/bin/sh', '-c', 'while :; do :; done & echo $!; while :; do :; done'];
  const tree = await startTree({ ...anyTree(containment), command });
  const pids = [tree.record.pid, Number(await readLine(tree))];
  await eventually(() => expect(Math.min(...pids.map(ticksOf))).toBeGreaterThan(0), { withinMs: 20_000 });
  return { tree, pids };
};

describe.each(containments)('a frozen tree held by %s', (_, containment) => {
  it('uses no CPU, and goes on when it is thawed', async () => {
    const { tree, pids } = await startBusy(containment);
    expect(await tree.freeze()).toBe(true);
    const before = pids.map(ticksOf);
    work(100);
    expect(pids.map(ticksOf)).toEqual(before);
    tree.thaw();
    await eventually(() => expect(pids.every((pid, index) => ticksOf(pid) > Number(before[index]))).toBe(true), {
      withinMs: 20_000,
    });
  });

  it('stands still again when it is frozen again, whoever has been set going meanwhile', async () => {
    const { tree, pids } = await startBusy(containment);
    await tree.freeze();
    for (const pid of pids) process.kill(pid, 'SIGCONT');
    expect(await tree.freeze()).toBe(true);
    const before = pids.map(ticksOf);
    work(50);
    expect(pids.map(ticksOf)).toEqual(before);
  });

  it('is let go also while it is still being frozen', async () => {
    const { tree, living } = await startHostile(containment, 'fork-storm', '5');
    const freezing = tree.freeze();
    tree.thaw();
    await freezing;
    const frozen = living();
    await eventually(() => expect(living()).not.toEqual(frozen));
  });

  it('is let go while it is being frozen by a successor of its agent as well', async () => {
    const { tree, living } = await startHostile(containment, 'fork-storm', '5');
    const taken = openRecorded(tree.record);
    const freezing = taken.freeze();
    taken.thaw();
    await freezing;
    const frozen = living();
    await eventually(() => expect(living()).not.toEqual(frozen));
  });

  it('gets its graceful signal at once when it is stopped, and needs no force', async () => {
    const { tree, living } = await startHostile(containment, 'cooperative');
    await tree.freeze();
    expect(await tree.stop({ gracePeriodMs: 20_000 })).toMatchObject({ forced: false, survivors: [] });
    expect(living()).toEqual([]);
  });

  it('is ended by whoever finds it after its agent has died', async () => {
    const { tree, living } = await startHostile(containment, 'fork-storm', '5');
    await tree.freeze();
    expect(await killRecorded(tree.record)).toMatchObject({ forced: true, survivors: [] });
    expect(living()).toEqual([]);
  });
});
