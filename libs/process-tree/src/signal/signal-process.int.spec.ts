import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readProcess } from '../proc/process-table.js';
import { signalGroup, signalProcess } from './signal-process.js';

let child: ReturnType<typeof spawn>;
let target: { pid: number; startTime: number };

beforeEach(() => {
  child = spawn('/bin/sleep', ['3600'], { stdio: 'ignore' });
  const row = readProcess(child.pid ?? 0);
  if (row === undefined) throw new Error('no child');
  target = row;
});

afterEach(async () => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
});

describe('signalling one process', () => {
  it('reaches the process that is meant', async () => {
    expect(signalProcess(target, 'SIGTERM')).toBe('delivered');
    expect(await once(child, 'exit')).toEqual([null, 'SIGTERM']);
  });

  it('sends nothing to a process with another start time', () => {
    expect(signalProcess({ ...target, startTime: target.startTime + 1 }, 'SIGKILL')).toBe('not-ours');
    expect(readProcess(target.pid)?.state).not.toBe('Z');
  });

  it('sends nothing to a process that no longer belongs where it should', () => {
    expect(signalProcess(target, 'SIGKILL', () => false)).toBe('not-ours');
    expect(readProcess(target.pid)?.state).not.toBe('Z');
  });

  it('says so when there is no such process', async () => {
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(signalProcess(target, 'SIGTERM')).toBe('no-such-process');
  });

  it.each([1, 0, -1, -process.ppid, process.pid])('never signals %i', (pid) => {
    expect(signalProcess({ pid, startTime: readProcess(pid)?.startTime ?? 0 }, 'SIGTERM')).toBe('not-ours');
  });

  it('never signals the groups 0 and 1', () => {
    expect(signalGroup(0, 'SIGTERM')).toBe('not-ours');
    expect(signalGroup(1, 'SIGTERM')).toBe('not-ours');
  });
});
