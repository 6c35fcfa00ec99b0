import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { identify, isAlive } from './process-identity.js';

describe('naming a process', () => {
  it('finds the process it named, until that has ended', async () => {
    const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] });
    await once(child, 'spawn');
    const identity = identify(child.pid ?? 0);
    if (!identity) throw new Error('a running child has no identity');
    expect(isAlive(identity)).toBe(true);

    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isAlive(identity)).toBe(false);
  });

  it('takes another process with the same pid, or one of another boot, for a stranger', () => {
    const self = identify(process.pid);
    if (!self) throw new Error('this process has no identity');
    expect(isAlive({ ...self, startTime: `${self.startTime}0` })).toBe(false);
    expect(isAlive({ ...self, bootId: 'another' })).toBe(false);
  });

  it('reads past a command name made of spaces and parentheses', async () => {
    const child = spawn(process.execPath, [
      '-e',
      "process.title = 'a) R (b'; process.stdout.write('ready'); process.stdin.resume()",
    ]);
    await once(child.stdout, 'data');
    expect(identify(child.pid ?? 0)?.startTime).toMatch(/^\d+$/);
    child.kill('SIGKILL');
    await once(child, 'close');
  });
});
