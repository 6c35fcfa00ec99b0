import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, jest } from '@jest/globals';
import { eventually, tempDirectory } from '@necrocode/testing';
import type { SignalEvidence } from './stop-report.js';
import { availableContainments, closeContainments, endTrees, manyTimes, startHostile } from '../trees.spec-support.js';

jest.setTimeout(60_000); // On a busy machine; nothing here waits that long.

const containments = await availableContainments();
const graceful = { gracePeriodMs: 10_000 };

afterEach(endTrees);
afterAll(() => closeContainments(containments));

describe.each(containments)('stopping a tree held by %s', (means, containment) => {
  it('ends a cooperative process with one SIGTERM', async () => {
    const { tree, living } = await startHostile(containment, 'cooperative');
    await eventually(() => expect(living()).toEqual([tree.record.pid]));
    const report = await tree.stop(graceful);
    expect(living()).toEqual([]);
    expect(report).toMatchObject({
      means,
      assurance: containment.assurance,
      neverRan: false,
      forced: false,
      exit: { code: null, signal: 'SIGTERM' },
      peakProcesses: 1,
      survivors: [],
      obstacle: null,
    });
    expect(report.signals).toEqual([
      { signal: 'SIGTERM', at: expect.any(String), processes: 1, answer: 'delivered' },
      { signal: 'SIGCONT', at: expect.any(String), processes: 1, answer: 'delivered' },
    ]);
    expect(report.provenGoneAt).not.toBeNull();
  });

  it('sends exactly one SIGTERM to a process that ignores it, then kills it', async () => {
    await using directory = await tempDirectory();
    const notes = join(directory.path, 'notes');
    const { tree, living } = await startHostile(containment, 'ignores-sigterm', notes);
    const report = await tree.stop({ gracePeriodMs: 300 });
    expect(living()).toEqual([]);
    expect(readFileSync(notes, 'utf8')).toBe('SIGTERM\n');
    expect(report.signals.map(({ signal }) => signal)).toEqual(['SIGTERM', 'SIGCONT', 'SIGKILL']);
    expect(report).toMatchObject({ forced: true, exit: { code: null, signal: 'SIGKILL' } });
  });

  it('sends no second SIGTERM to a child when the leader has ended', async () => {
    await using directory = await tempDirectory();
    const notes = join(directory.path, 'notes');
    const { tree, living } = await startHostile(containment, 'deaf-child', notes, process.execPath);
    const report = await tree.stop({ gracePeriodMs: 300 });
    expect(living()).toEqual([]);
    expect(readFileSync(notes, 'utf8')).toBe('SIGTERM\n');
    expect(report).toMatchObject({ forced: true, exit: { code: null, signal: 'SIGTERM' } });
  });

  it('reaches a grandchild in a session of its own', async () => {
    const { tree, living } = await startHostile(containment, 'setsid-grandchild');
    await eventually(() => expect(living()).toHaveLength(2));
    const report = await tree.stop(graceful);
    expect(living()).toEqual([]);
    expect(report.forced).toBe(false);
    expect(report.peakProcesses).toBeGreaterThanOrEqual(2);
  });

  it('reaches a daemon that has lost its parent', async () => {
    const { tree, living } = await startHostile(containment, 'double-fork');
    await eventually(() => expect(living()).toHaveLength(2));
    const report = await tree.stop(graceful);
    expect(report.forced).toBe(false);
    expect(report.peakProcesses).toBeGreaterThanOrEqual(2);
    expect(living()).toEqual([]);
  });

  it(`reaches a daemon that cleared its environment, ${manyTimes} times`, async () => {
    for (let time = 0; time < manyTimes; time += 1) {
      const { tree, living } = await startHostile(containment, 'clears-environment');
      await eventually(() => expect(living()).toHaveLength(2));
      await tree.stop(graceful);
      expect(living()).toEqual([]);
    }
  });

  it.each(['stay', 'leave'])(
    'reaches an orphan that shed its marks in a session whose leader is to %s',
    async (leader) => {
      const { tree, living } = await startHostile(containment, 'sheds-marks', leader);
      await eventually(() => expect(living()).toHaveLength(leader === 'leave' ? 1 : 2));
      if (leader === 'leave') await tree.exited;
      await tree.stop(graceful);
      expect(living()).toEqual([]);
    },
  );

  it('reaches a daemon that shed its environment and its limits, if it was seen with its parents', async () => {
    const { tree, living } = await startHostile(containment, 'sheds-everything');
    await eventually(() => expect(living()).toHaveLength(2));
    await tree.stop(graceful);
    expect(living()).toEqual([]);
  });

  it(`ends a storm of 50 that forks while it is being killed, ${manyTimes} times`, async () => {
    for (let time = 0; time < manyTimes; time += 1) {
      const { tree, living } = await startHostile(containment, 'fork-storm', '50');
      const report = await tree.stop({ gracePeriodMs: 20 });
      expect(living()).toEqual([]);
      expect(report).toMatchObject({ assurance: containment.assurance, forced: true, survivors: [] });
      expect(report.peakProcesses).toBeGreaterThanOrEqual(51);
    }
  });

  it('lets a process that has stopped itself see the signal and end in good order', async () => {
    await using directory = await tempDirectory();
    const notes = join(directory.path, 'notes');
    const { tree, living } = await startHostile(containment, 'stops-itself', notes);
    const leader = `/proc/${tree.record.pid}/status`;
    await eventually(() => expect(readFileSync(leader, 'utf8')).toMatch(/^State:\tT/m));
    const report = await tree.stop(graceful);
    expect(readFileSync(notes, 'utf8')).toBe('graceful\n');
    expect(report).toMatchObject({ forced: false, exit: { code: 0, signal: null } });
    expect(living()).toEqual([]);
  });

  it('does not wait for output that a daemon holds open after the leader has ended', async () => {
    const { tree, living } = await startHostile(containment, 'holds-stdout');
    expect(await tree.exited).toMatchObject({ code: 0 });
    await eventually(() => expect(living()).toHaveLength(1));
    const report = await tree.stop(graceful);
    expect(living()).toEqual([]);
    expect(report).toMatchObject({ exit: { code: 0, signal: null }, forced: false });
    expect(await tree.outputEnded).toBe('complete');
  });

  it('leaves a neighbour alone', async () => {
    const neighbour = await startHostile(containment, 'double-fork');
    const { tree, living } = await startHostile(containment, 'double-fork');
    const before = neighbour.living();
    await tree.stop({ gracePeriodMs: 0, force: true });
    expect(living()).toEqual([]);
    expect(neighbour.living()).toEqual(before);
    await neighbour.tree.stop(graceful);
    expect(neighbour.living()).toEqual([]);
  });

  it(`stops many trees at once, ${manyTimes} times`, async () => {
    for (let time = 0; time < manyTimes; time += 1) {
      const trees = await Promise.all(Array.from({ length: 8 }, () => startHostile(containment, 'double-fork')));
      await Promise.all(trees.map(({ tree }) => tree.stop(graceful)));
      expect(trees.flatMap(({ living }) => living())).toEqual([]);
    }
  });

  it('signals the leader first, and the rest when it has ended, if it is told to', async () => {
    const { tree, living } = await startHostile(containment, 'double-fork');
    const report = await tree.stop({ ...graceful, mode: 'leader-first' });
    expect(living()).toEqual([]);
    expect(report.signals.map(({ signal, processes }) => [signal, processes])).toEqual([
      ['SIGTERM', 1],
      ['SIGCONT', 1],
      ['SIGTERM', 1],
      ['SIGCONT', 1],
    ]);
  });

  it('is upgraded by force, and never put off by a longer grace', async () => {
    await using directory = await tempDirectory();
    const notes = join(directory.path, 'notes');
    const { tree, living } = await startHostile(containment, 'ignores-sigterm', notes);
    const first = tree.stop({ gracePeriodMs: 3_600_000 });
    await eventually(() => expect(readFileSync(notes, 'utf8')).toBe('SIGTERM\n'));
    const second = tree.stop({ gracePeriodMs: 3_600_000 });
    const forced = tree.stop({ gracePeriodMs: 3_600_000, force: true });
    const reports = await Promise.all([first, second, forced]);
    expect(living()).toEqual([]);
    expect(readFileSync(notes, 'utf8')).toBe('SIGTERM\n');
    for (const report of reports) expect(report).toMatchObject({ forced: true, survivors: [] });
  });

  it('tells of the signals as they are sent, and answers a stop of what is gone with the same proof', async () => {
    const { tree } = await startHostile(containment, 'cooperative');
    const told: string[][] = [];
    const onSignals = (sent: readonly SignalEvidence[]) => told.push(sent.map(({ signal }) => signal));
    const report = await tree.stop({ ...graceful, onSignals });
    expect(told).toEqual([['SIGTERM', 'SIGCONT']]);
    expect(await tree.stop({ gracePeriodMs: 0, force: true })).toEqual(report);
    expect(await tree.gone).toEqual(report);
  });

  it('freezes a tree and lets it go on, or stops it as it stands', async () => {
    const { tree, living } = await startHostile(containment, 'fork-storm', '5');
    expect(await tree.freeze()).toBe(true);
    const frozen = living();
    expect(living()).toEqual(frozen);
    tree.thaw();
    await eventually(() => expect(living()).not.toEqual(frozen));
    await tree.freeze();
    await tree.stop({ gracePeriodMs: 0 });
    expect(living()).toEqual([]);
  });
});
