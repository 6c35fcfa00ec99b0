import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, tempDirectory, type TempDirectory } from '@necrocode/testing';
import { identify, isAlive, type ProcessIdentity } from './process-identity.js';
import {
  superviseProcess,
  type ProcessExit,
  type SupervisedProcess,
  type SupervisedProcessOptions,
} from './supervise-process.js';

const root = join(import.meta.dirname, '../../../..');
const fast = { initialMs: 1, factor: 1, maxMs: 1, healthyAfterMs: 60_000 };
const idle = 'process.stdin.resume(); setInterval(() => {}, 1e6)';

let directory: TempDirectory;
let supervised: SupervisedProcess | undefined;

beforeEach(async () => {
  directory = await tempDirectory();
});
afterEach(async () => {
  await supervised?.stop();
  supervised = undefined;
  await directory.remove();
});

const inDirectory = (name: string): string => join(directory.path, name);
const logged = (): Promise<string> => readFile(inDirectory('log'), 'utf8');

async function supervise(script: string, options: Partial<SupervisedProcessOptions> = {}): Promise<SupervisedProcess> {
  supervised = await superviseProcess({
    name: 'subject',
    command: [process.execPath, '-e', script],
    logFile: inDirectory('log'),
    stateFile: inDirectory('state.json'),
    restart: 'never',
    ...options,
  });
  return supervised;
}

/** A supervisor in a process of its own, so that it can be killed; resolves with itself and its child. */
async function superviseElsewhere(
  env: NodeJS.ProcessEnv,
): Promise<{ end: () => Promise<void>; child: ProcessIdentity }> {
  const supervisor = spawn(
    process.execPath,
    ['--import', join(root, 'tools/run-typescript.mjs'), '--input-type=module', '-e', superviseScript],
    { env, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [pid] = (await once(supervisor.stdout, 'data')) as [Buffer];
  const child = identify(Number(pid.toString()));
  if (!child) throw new Error('the supervised child does not run');
  const end = async (): Promise<void> => {
    const closed = once(supervisor, 'close');
    supervisor.kill('SIGKILL');
    await closed;
  };
  return { end, child };
}

describe('a supervised process', () => {
  it('writes to its log, in a session of its own that Ctrl-C does not reach', async () => {
    const { pid } = await supervise("console.log('hello'); setInterval(() => {}, 1e6)");
    await eventually(async () => expect(await logged()).toContain('hello'));
    const [, , processGroup, session] = (await readFile(`/proc/${pid}/stat`, 'utf8')).replace(/^.*\) /, '').split(' ');
    expect([processGroup, session]).toEqual([String(pid), String(pid)]);
    expect((await stat(inDirectory('log'))).mode & 0o777).toBe(0o600);
  });

  it('is started again whenever it dies, and no more once stopped', async () => {
    const exits: ProcessExit[] = [];
    const process = await supervise("console.log('started')", { restart: fast, onExit: (exit) => exits.push(exit) });
    await eventually(async () => expect((await logged()).match(/started/g)?.length).toBeGreaterThan(3));
    await process.stop();
    expect(process.status).toBe('stopped');
    expect(exits[0]).toEqual({ code: 0, signal: null, restartInMs: 1 });
    expect(exits.filter(({ restartInMs }) => restartInMs === undefined).length).toBeLessThanOrEqual(1);
  });

  it('stays down when it is not to be restarted', async () => {
    const process = await supervise('process.exit(3)');
    await process.exited();
    expect(process).toMatchObject({ pid: undefined, status: 'stopped' });
  });

  it('is forced when it ignores the request to end', async () => {
    const exits: ProcessExit[] = [];
    const process = await supervise(`process.on('SIGTERM', () => {}); console.log('deaf'); ${idle}`, {
      stopping: { signal: 'SIGTERM', graceMs: 50 },
      onExit: (exit) => exits.push(exit),
    });
    await eventually(async () => expect(await logged()).toContain('deaf'));
    await process.stop();
    expect(exits).toEqual([{ code: null, signal: 'SIGKILL', restartInMs: undefined }]);
  });

  it('hears the request to end although it is suspended', async () => {
    const exits: ProcessExit[] = [];
    const process = await supervise(`process.on('SIGTERM', () => process.exit(7)); console.log('up'); ${idle}`, {
      onExit: (exit) => exits.push(exit),
    });
    await eventually(async () => expect(await logged()).toContain('up'));
    process.signal('SIGSTOP');
    await process.stop();
    expect(exits).toEqual([{ code: 7, signal: null, restartInMs: undefined }]);
  });

  it('is refused while another supervisor looks after it, and recorded until it stops', async () => {
    const process = await supervise(idle);
    await expect(
      superviseProcess({
        name: 'second',
        command: ['true'],
        logFile: inDirectory('log'),
        stateFile: inDirectory('state.json'),
        restart: 'never',
      }),
    ).rejects.toMatchObject({ code: 'already-running' });
    expect((await stat(inDirectory('state.json'))).mode & 0o777).toBe(0o600);
    await process.stop();
    await expect(stat(inDirectory('state.json'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('is a clear error when its program does not exist', async () => {
    await expect(supervise('', { command: ['/nonexistent/program'] })).rejects.toMatchObject({
      code: 'binary-missing',
      message: 'subject could not be started: /nonexistent/program does not exist.',
    });
  });
});

describe('a supervisor that is killed', () => {
  it('takes its process with it', async () => {
    const { end, child } = await superviseElsewhere({ ...process.env, DIRECTORY: directory.path });
    await end();
    await eventually(() => expect(isAlive(child)).toBe(false));
  });

  it('leaves, where the kernel cannot do that, a process that the next supervisor ends', async () => {
    await mkdir(inDirectory('bin'));
    await symlink(process.execPath, inDirectory('bin/node')); // A PATH without setpriv.
    const { end, child } = await superviseElsewhere({
      ...process.env,
      PATH: inDirectory('bin'),
      DIRECTORY: directory.path,
    });
    await end();
    expect(isAlive(child)).toBe(true);

    const next = await supervise(idle);
    expect(isAlive(child)).toBe(false);
    expect(next.status).toBe('running');
  });
});

const superviseScript = `
  import { join } from 'node:path';
  const { superviseProcess } = await import(${JSON.stringify(join(import.meta.dirname, 'supervise-process.ts'))});
  const subject = await superviseProcess({
    name: 'subject',
    command: [process.execPath, '-e', ${JSON.stringify(idle)}],
    logFile: join(process.env.DIRECTORY, 'log'),
    stateFile: join(process.env.DIRECTORY, 'state.json'),
    restart: 'never',
  });
  process.stdout.write(String(subject.pid));
`;
