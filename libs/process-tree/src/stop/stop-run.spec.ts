import { describe, expect, it } from '@jest/globals';
import type { Cell, GoneProof } from '../contain/cell.js';
import { Peak } from '../observe/peak.js';
import type { ProcessRow } from '../proc/process-row.js';
import { StopRun } from './stop-run.js';

// A pid beyond any pid_max: nothing that exists is ever signalled by this spec.
const stuck: ProcessRow = { pid: 2 ** 30, ppid: 1, pgrp: 1, session: 1, state: 'D', startTime: 1, cpuTicks: 0 };
const proof: GoneProof = { assurance: 'kernel', passes: 0, provenAt: '2026-11-22T00:00:00.000Z' };

/** A cell with a process in an uninterruptible sleep, which no test can make: it outlives any SIGKILL until it is let go. */
class StuckCell implements Cell {
  readonly means = 'cgroup2';
  readonly cgroup = null;
  kills = 0;
  isStuck = true;
  failure: Error | undefined;

  admit = (): Promise<void> => Promise.resolve();
  members = (): ProcessRow[] => (this.isStuck ? [stuck] : []);
  strays = (): ProcessRow[] => [];
  observe = (): number => this.members().length;
  holds = (): boolean => true;
  watch = (): undefined => undefined;
  freeze = (): Promise<boolean> => Promise.resolve(false);
  thaw = (): void => undefined;
  cpuMs = (): undefined => undefined;
  prove = (): Promise<GoneProof | undefined> => Promise.resolve(this.isStuck ? undefined : proof);
  kill(): Promise<ProcessRow[]> {
    this.kills += 1;
    return this.failure === undefined ? Promise.resolve(this.members()) : Promise.reject(this.failure);
  }
}

const stop = (cell: Cell, reportAfterMs: number): StopRun =>
  new StopRun(
    { cell, leaderPid: stuck.pid, exited: null, neverRan: false, peak: new Peak() },
    { gracePeriodMs: 0, force: true, reportAfterMs },
  );

describe('stopping what SIGKILL does not end', () => {
  it('reports the survivors after a bounded time, keeps killing, and proves it gone in the end', async () => {
    const cell = new StuckCell();
    const run = stop(cell, 20);
    const report = await run.report();
    expect(report).toMatchObject({ assurance: 'unconfirmed', forced: true, provenGoneAt: null });
    expect(report.survivors).toMatchObject([{ pid: stuck.pid, startTime: stuck.startTime }]);
    const killsSoFar = cell.kills;
    run.join({ gracePeriodMs: 0 });
    cell.isStuck = false;
    expect(await run.gone).toMatchObject({ assurance: 'kernel', survivors: [], provenGoneAt: proof.provenAt });
    expect(cell.kills).toBeGreaterThan(killsSoFar);
  });

  it('counts a process that must be killed again only once', async () => {
    const cell = new StuckCell();
    const run = stop(cell, 50);
    const report = await run.report();
    expect(cell.kills).toBeGreaterThan(1);
    expect(report.signals).toMatchObject([{ signal: 'SIGKILL', processes: 1 }]);
    cell.isStuck = false;
    await run.gone;
  });

  it('answers who asks again with a new report', async () => {
    const cell = new StuckCell();
    const run = stop(cell, 10);
    const first = await run.report();
    run.join({ gracePeriodMs: 0, reportAfterMs: 10 });
    const second = await run.report();
    expect(second).not.toBe(first);
    expect(second.assurance).toBe('unconfirmed');
    cell.isStuck = false;
    await run.gone;
  });

  it('tells what the kernel said when it would not help', async () => {
    const cell = new StuckCell();
    cell.failure = new Error('EPERM: operation not permitted');
    const run = stop(cell, 10);
    expect(await run.report()).toMatchObject({ forced: false, obstacle: 'EPERM: operation not permitted' });
    cell.isStuck = false;
    expect(await run.gone).toMatchObject({ obstacle: null });
  });

  it('counts one that is dying once, though it is seen inside its cgroup and then outside', async () => {
    const cell = new StuckCell();
    cell.strays = cell.members;
    cell.kill = () => Promise.resolve([...cell.members(), ...cell.strays()]);
    expect(await stop(cell, 20).report()).toMatchObject({ peakProcesses: 1 });
    const peak = new Peak();
    const asked = new StopRun(
      { cell, leaderPid: stuck.pid, exited: null, neverRan: false, peak },
      { gracePeriodMs: 60_000 },
    );
    cell.isStuck = false;
    await asked.gone;
    expect(peak.processes).toBe(1);
  });
});
