import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually, tempDirectory, type TempDirectory } from '@necrocode/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { copyTraining, processState, type RunningExample, runExample } from './running-example.js';

let temp: TempDirectory;
let repository: string;
let running: RunningExample[];

beforeEach(async () => {
  temp = await tempDirectory();
  repository = await copyTraining(temp.path);
  running = [];
});

afterEach(async () => {
  for (const { child } of running) child.kill('SIGKILL');
  await Promise.all(running.map(({ ended }) => ended));
  for (const pid of survivors()) process.kill(pid, 'SIGKILL');
  for (const pid of survivors()) await eventually(async () => expect([null, 'Z']).toContain(await processState(pid)));
  await temp.remove();
});

function start(command: string, script: string, cwd = repository, env: Record<string, string> = {}): RunningExample {
  const example = runExample(cwd, command, [join(repository, 'hostile', script)], env);
  running.push(example);
  return example;
}
const pidOf = ({ child }: RunningExample): number => child.pid ?? Number.NaN;

const SURVIVORS = ['own-session', 'double-fork'];
const heartbeats = (name: string): string[] => {
  const log = join(repository, 'hostile', `survivor-${name}.log`);
  return existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [];
};
const survivors = (): number[] =>
  SURVIVORS.flatMap((name) =>
    heartbeats(name)
      .slice(0, 1)
      .map((line) => Number(line.split(' ')[0])),
  );

describe('the stubborn one', () => {
  it('works on after every polite signal', async () => {
    const stubborn = start('node', 'stubborn.mjs');
    await eventually(() => expect(stubborn.output()).toContain('will not be stopped'));
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
      stubborn.child.kill(signal);
      await eventually(() => expect(stubborn.output()).toContain(`${signal}? No.`));
    }
    const rounds = (): number => readFileSync(join(repository, 'hostile', 'stubborn.log'), 'utf8').split('\n').length;
    const before = await eventually(rounds);
    await eventually(() => expect(rounds()).toBeGreaterThan(before));
  });
});

describe('the daemoniser', () => {
  it('leaves two behind, in a session of its own and by double fork, that outlive it and SIGTERM', async () => {
    const daemoniser = start('sh', 'daemoniser.sh');
    await eventually(() => expect(survivors()).toHaveLength(2));
    daemoniser.child.kill('SIGTERM');
    expect(await daemoniser.ended).toStrictEqual({ code: null, signal: 'SIGTERM' });
    for (const pid of survivors()) process.kill(pid, 'SIGTERM');
    for (const name of SURVIVORS) {
      await eventually(() => expect(heartbeats(name).at(-1)).toContain('alive'));
      const before = await eventually(() => {
        const beats = heartbeats(name);
        expect(beats.join()).toContain('ignored SIGTERM');
        return beats.length;
      });
      await eventually(() => expect(heartbeats(name).length).toBeGreaterThan(before));
    }
  });

  it('puts one of them into a session of its own', async () => {
    start('sh', 'daemoniser.sh');
    await eventually(() => expect(survivors()).toHaveLength(2));
    const [ownSession = 0] = survivors();
    expect(sessionOf(ownSession)).toBe(ownSession);
  });
});

describe('the sleeper', () => {
  it('stops itself, and dies of SIGTERM only when it is continued', async () => {
    const sleeper = start('sh', 'sleeper.sh');
    await eventually(async () => expect(await processState(pidOf(sleeper))).toBe('T'));
    sleeper.child.kill('SIGTERM');
    expect(await processState(pidOf(sleeper))).toBe('T');
    sleeper.child.kill('SIGCONT');
    expect(await sleeper.ended).toStrictEqual({ code: null, signal: 'SIGTERM' });
  });
});

describe('the litterer', () => {
  it('makes its directory a checkout and leaves everything a clean check must find', async () => {
    const slot = join(temp.path, 'slot');
    await mkdir(slot);
    const git = async (cwd: string, ...args: string[]): Promise<string> =>
      (await promisify(execFile)('git', args, { cwd })).stdout;
    await git(repository, 'init', '--quiet');
    await git(repository, 'add', '--all');
    await git(repository, '-c', 'user.name=a', '-c', 'user.email=a@example.org', 'commit', '--quiet', '-m', 'It');

    const litterer = start('sh', 'dirty-checkout.sh', slot, { REPOSITORY: repository });
    await eventually(() => expect(litterer.output()).toContain('and dirty'));
    const status = await git(slot, 'status', '--porcelain', '--ignored');
    expect(status).toMatch(/^ M data\/two-moons.csv$/m);
    expect(status).toMatch(/^\?\? untracked.txt$/m);
    expect(status).toMatch(/^!! ignored.log$/m);
    expect(existsSync(join(slot, '.git', 'hooks', 'pre-commit'))).toBe(true);

    litterer.child.kill('SIGKILL');
    await litterer.ended;
    await git(slot, 'reset', '--quiet', '--hard');
    const again = start('sh', 'dirty-checkout.sh', slot, { REPOSITORY: repository });
    await eventually(() => expect(again.output()).toContain('and dirty'));
  });
});

/** Field 6 of /proc/<pid>/stat. */
function sessionOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[3]);
}
