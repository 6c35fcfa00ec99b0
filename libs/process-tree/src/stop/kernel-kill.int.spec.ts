import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, afterEach, describe, expect, it, jest } from '@jest/globals';
import { eventually } from '@necrocode/testing';
import { availableContainments, closeContainments, endTrees, startHostile } from '../trees.spec-support.js';

// After linux tools/testing/selftests/cgroup/test_kill.c: simple (100 processes), tree, forkbomb; each must be empty within 10 s.
jest.setTimeout(60_000); // On a busy machine; nothing here waits that long.

const containments = await availableContainments();
const force = { gracePeriodMs: 0, force: true };
const withinMs = 10_000;

afterEach(endTrees);
afterAll(() => closeContainments(containments));

describe.each(containments)("the kernel's own kill tests, on trees held by %s", (_, containment) => {
  it('simple: 100 processes', async () => {
    const { tree, living } = await startHostile(containment, 'many', '99');
    await eventually(() => expect(living()).toHaveLength(100));
    const report = await tree.stop({ ...force, reportAfterMs: withinMs });
    expect(living()).toEqual([]);
    expect(report).toMatchObject({ forced: true, survivors: [], assurance: containment.assurance });
    expect(report.signals[0]).toMatchObject({ signal: 'SIGKILL', processes: 100 });
  });

  it('tree: a chain of ten', async () => {
    const { tree, living } = await startHostile(containment, 'deep-tree', '10');
    await eventually(() => expect(living()).toHaveLength(10));
    const report = await tree.stop({ ...force, reportAfterMs: withinMs });
    expect(living()).toEqual([]);
    expect(report).toMatchObject({ survivors: [], assurance: containment.assurance });
  });

  it('forkbomb: everybody forks without end', async () => {
    const { tree, living } = await startHostile(containment, 'fork-storm', '20');
    const report = await tree.stop({ ...force, reportAfterMs: withinMs });
    expect(living()).toEqual([]);
    expect(report).toMatchObject({ survivors: [], assurance: containment.assurance });
  });

  it('leaves no zombie to this process', async () => {
    const { tree } = await startHostile(containment, 'double-fork');
    await tree.stop(force);
    await eventually(() => expect(zombiesOfOurs()).toEqual([]));
  });
});

function zombiesOfOurs(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => {
      try {
        return readFileSync(`/proc/${name}/stat`, 'utf8');
      } catch {
        return '';
      }
    })
    .filter((stat) => new RegExp(`\\) Z ${process.pid} `).test(stat));
}
