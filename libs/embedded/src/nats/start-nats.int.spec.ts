import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { tempDirectory, type TempDirectory } from '@necrocode/testing';
import type { EmbeddedServer } from '../server/run-server.js';
import { findNatsServer } from './find-nats-server.js';
import { greeting } from './greeting.js';
import { startNats } from './start-nats.js';

let directory: TempDirectory;
let servers: EmbeddedServer[] = [];

beforeEach(async () => {
  directory = await tempDirectory();
});
afterEach(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  servers = [];
  await directory.remove();
});

async function start(port?: number, name = 'store'): Promise<EmbeddedServer> {
  const server = await startNats({ storeDir: join(directory.path, name), ...(port === undefined ? {} : { port }) });
  servers.push(server);
  return server;
}

/** A nats-server whose supervisor is a process of its own, without `setpriv`, so that the kernel does not tie them together. */
async function startElsewhere(storeDir: string): Promise<{ port: number; end: () => Promise<void> }> {
  const script = `
    const { startNats } = await import(${JSON.stringify(join(import.meta.dirname, 'start-nats.ts'))});
    process.stdout.write(String((await startNats({ storeDir: ${JSON.stringify(storeDir)} })).port));
  `;
  const loader = join(import.meta.dirname, '../../../../tools/run-typescript.mjs');
  const supervisor = spawn(process.execPath, ['--import', loader, '--input-type=module', '-e', script], {
    env: { ...process.env, PATH: '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = Number(String((await once(supervisor.stdout, 'data'))[0]));
  const end = async (): Promise<void> => {
    const closed = once(supervisor, 'close');
    supervisor.kill('SIGKILL');
    await closed;
  };
  return { port, end };
}

/** Says CONNECT and PING as the NATS protocol has it; answers with the server's last line. */
async function greet(url: string, password = new URL(url).password): Promise<string> {
  const { port, username } = new URL(url);
  const socket = connect({ host: '127.0.0.1', port: Number(port) });
  socket.setEncoding('utf8');
  socket.write(`CONNECT ${JSON.stringify({ verbose: false, user: username, pass: password })}\r\nPING\r\n`);
  let answer = '';
  socket.on('data', (chunk: string) => {
    answer += chunk;
    if (/PONG|-ERR/.test(answer)) socket.destroy();
  });
  await once(socket, 'close');
  return /PONG|-ERR.*/.exec(answer)?.[0] ?? answer;
}

describe('the embedded nats-server', () => {
  it('lets in who knows the URL, and nobody else', async () => {
    const { url } = await start();
    expect(await greet(url)).toBe('PONG');
    expect(await greet(url, 'wrong')).toContain('Authorization Violation');
  });

  it('keeps its password and configuration to its owner', async () => {
    await start();
    for (const file of ['password', 'keeper-password', 'subscriber-password', 'nats-server.conf', 'nats-server.log']) {
      expect((await stat(join(directory.path, 'store', file))).mode & 0o777).toBe(0o600);
    }
  });

  it('comes back on its port with its password after being killed', async () => {
    const server = await start();
    await server.kill();
    expect(server.pid).toBeUndefined();
    expect(await greeting(server.port)).toBeUndefined();
    await server.restart();
    expect(await greet(server.url)).toBe('PONG');
  });

  it('keeps its password from one start to the next', async () => {
    const first = await start();
    await first.stop();
    expect(new URL((await start()).url).password).toBe(new URL(first.url).password);
  });

  it('refuses a port another nats-server has, without mistaking that one for itself', async () => {
    const { port } = await start();
    await expect(start(port, 'other')).rejects.toMatchObject({ code: 'port-taken' });
  });

  it('takes its port back from a server that a killed supervisor left behind', async () => {
    const { port, end } = await startElsewhere(join(directory.path, 'store'));
    await end();
    expect(await greeting(port)).toBeDefined();
    expect(await greet((await start(port)).url)).toBe('PONG');
  });

  it('says why it ended while starting', async () => {
    await mkdir(join(directory.path, 'store'));
    await writeFile(join(directory.path, 'store', 'jetstream'), 'a file where JetStream wants a directory');
    await expect(start()).rejects.toMatchObject({
      code: 'start-failed',
      message: expect.stringMatching(/^nats-server ended while starting: .*JetStream/),
    });
  });

  it('starts when the file it would record itself in was cut short', async () => {
    await mkdir(join(directory.path, 'store'));
    await writeFile(join(directory.path, 'store', 'process.json'), '{"name":"nats-ser');
    expect(await greet((await start()).url)).toBe('PONG');
  });

  it('is 2.14, from npm', async () => {
    await start();
    expect(await findNatsServer()).toContain('@eplightning');
    expect(await readFile(join(directory.path, 'store', 'nats-server.log'), 'utf8')).toContain('2.14.');
  });
});
