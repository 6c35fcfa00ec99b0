import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { identify, isAlive } from '@necrocode/embedded';
import { eventually } from '../eventually.js';
import { watchSpec, type SpecWatch } from './spec-watch.js';

let watch: SpecWatch;
beforeEach(() => {
  watch = watchSpec();
});
afterEach(() => watch.end());

const atOnce = (): Promise<string[]> => watch.findLeaks(0);

describe('watching a spec file', () => {
  it('finds nothing where nothing was left', async () => {
    expect(await watch.findLeaks()).toEqual([]);
  });

  it('finds a server, until it is closed', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    expect(await atOnce()).toEqual(['1 × TCPServerWrap: listening server']);
    server.close();
    expect(await watch.findLeaks()).toEqual([]);
  });

  it('finds a timer, until it is cleared', async () => {
    const timer = setInterval(() => undefined, 60_000);
    expect(await atOnce()).toEqual(['1 × Timeout: timer']);
    clearInterval(timer);
    expect(await atOnce()).toEqual([]);
  });

  it('finds a file or directory left in its temporary directory', async () => {
    await writeFile(join(watch.directory, 'left.txt'), '');
    expect(await atOnce()).toEqual(['temporary file or directory left.txt']);
  });

  it('finds a child, and kills it in the end', async () => {
    const child = spawn('sleep', ['600'], { stdio: 'ignore' });
    await once(child, 'spawn');
    expect(await atOnce()).toContain(`process ${child.pid} (sleep)`);
    watch.end();
    await once(child, 'exit');
    expect(child.signalCode).toBe('SIGKILL');
  });

  it('finds a daemon that left its parent and session, and kills it in the end', async () => {
    const launcher = spawn('setsid', ['--fork', 'sleep', '600'], { stdio: 'ignore', env: process.env });
    await once(launcher, 'close');
    const leak = await eventually(async () => {
      const [only = '', ...others] = await atOnce();
      expect([only, others]).toEqual([expect.stringMatching(/^process \d+ \(sleep\)$/), []]);
      return only;
    });
    const daemon = identify(Number(leak.split(' ')[1]));
    if (!daemon) throw new Error('the daemon has ended by itself');
    watch.end();
    await eventually(() => expect(isAlive(daemon)).toBe(false));
  });
});
