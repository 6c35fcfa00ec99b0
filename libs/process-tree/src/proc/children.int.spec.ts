import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { nextOwnChildren, ownChildren } from './children.js';

const pids = (rows: readonly { readonly pid: number }[] | undefined) => (rows ?? []).map(({ pid }) => pid);

describe('the children of this process', () => {
  let child: ChildProcess | undefined;
  afterEach(async () => {
    if (!child) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });

  it('are read once in a turn of the event loop, and anew in the next', async () => {
    await nextTurn();
    const look = ownChildren();
    child = spawn('sleep', ['1000'], { stdio: 'ignore' });
    expect(ownChildren()).toBe(look);
    expect(pids(look)).not.toContain(child.pid);
    await nextTurn();
    expect(pids(ownChildren())).toContain(child.pid);
  });

  it('are read after the question where something is to be proven, once for all who ask', async () => {
    const [one, other] = [nextOwnChildren(), nextOwnChildren()];
    child = spawn('sleep', ['1000'], { stdio: 'ignore' });
    expect(pids(await one)).toContain(child.pid);
    expect(await other).toBe(await one);
    expect(await nextOwnChildren()).not.toBe(await one);
  });
});
