import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { eventually, tempDirectory, type TempDirectory } from '@necrocode/testing';
import { hostileCommand, hostileToken, livingProcesses } from '@necrocode/testing/hostile';
import { ProcessTreeError } from '../errors.js';
import type { ProcessTree } from '../process-tree.js';
import { listContainments } from '../recover/list-containments.js';
import {
  anyTree,
  availableContainments,
  closeContainments,
  endTrees,
  plainEnv,
  readLine,
  startTree,
} from '../trees.spec-support.js';
import { spawnTree } from './spawn-tree.js';

jest.setTimeout(60_000); // On a busy machine; nothing here waits that long.

const containments = await availableContainments();
const force = { gracePeriodMs: 0, force: true };
let directory: TempDirectory;

beforeAll(async () => {
  directory = await tempDirectory();
});

afterEach(endTrees);

afterAll(async () => {
  closeContainments(containments);
  await directory.remove();
});

const output = async ({ stdout }: ProcessTree): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of stdout ?? []) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
};

describe.each(containments)('starting a tree held by %s', (_, containment) => {
  const any = () => anyTree(containment);

  it('runs a command with its arguments, directory and environment as they were given', async () => {
    const odd = ['a b', '', '$HOME', '"; exit 3; "', "it's", '-n', '*'];
    const env = { ...plainEnv, EMPTY: '', 'odd.name-1': 'kept', QUOTED: `"'$x'"\n` };
    const program = 'process.stdout.write(JSON.stringify([process.argv.slice(1), process.cwd(), process.env]))';
    const options = { ...any(), cwd: directory.path, env, command: [process.execPath, '-e', program, '--', ...odd] };
    const tree = await startTree(options);
    const [args, cwd, seen] = JSON.parse(await output(tree)) as [string[], string, Record<string, string>];
    expect(args).toEqual(odd);
    expect(cwd).toBe(directory.path);
    expect(seen).toMatchObject({ ...env, SPEC_TREE_ID: options.marker.value, PWD: directory.path });
    expect(await tree.exited).toMatchObject({ code: 0, signal: null });
    expect(await tree.outputEnded).toBe('complete');
    expect(await tree.stop(force)).toMatchObject({ signals: [], forced: false, survivors: [] });
  });

  it.each([0, 1, 125, 126, 127, 143, 255])('tells an exit with %i from everything else', async (code) => {
    const tree = await startTree({ ...any(), command: ['/bin/sh', '-c', `exit ${code}`] });
    expect(tree.released).toBe(true);
    expect(await tree.exited).toMatchObject({ code, signal: null });
    await tree.stop(force);
  });

  it('gives a pipe that can be opened by name', async () => {
    const tree = await startTree({ ...any(), command: ['/bin/sh', '-c', 'echo named > /dev/stdout'] });
    expect(await output(tree)).toBe('named\n');
    await tree.stop(force);
  });

  it('hands on no descriptor that a plain child would not get', async () => {
    const command = ['ls', '/proc/self/fd'] as const;
    const plain = execFileSync(command[0], command.slice(1), { encoding: 'utf8' });
    const tree = await startTree({ ...any(), command });
    const descriptors = await output(tree);
    await tree.stop(force);
    expect(descriptors).toBe(plain);
  });

  it('abandons output that a daemon still holds open, a bounded time after the leader has ended', async () => {
    const token = hostileToken();
    const tree = await startTree({ ...any(), command: hostileCommand('holds-stdout', token), outputTimeoutMs: 50 });
    tree.stdout?.resume();
    expect(await tree.outputEnded).toBe('abandoned');
    await eventually(() => expect(livingProcesses(token)).toHaveLength(1));
    await tree.stop(force);
    expect(livingProcesses(token)).toEqual([]);
  });

  it('asks before it lets go, with the tree already held and nothing run', async () => {
    const token = hostileToken();
    const proof = join(directory.path, token);
    const seen: unknown[] = [];
    const tree = await startTree({
      ...any(),
      command: ['/bin/sh', '-c', 'touch "$1"; exec sleep 120 "$2"', 'sh', proof, token],
      beforeRelease: (held) => {
        seen.push(
          held.released,
          held.members().map(({ pid }) => pid),
          existsSync(proof),
        );
        return Promise.resolve(true);
      },
    });
    expect(seen).toEqual([false, [tree.record.pid], false]);
    await eventually(() => expect(existsSync(proof)).toBe(true));
    await tree.stop(force);
    expect(livingProcesses(token)).toEqual([]);
  });

  it.each([
    ['the last check says no', (): Promise<boolean> => Promise.resolve(false)],
    [
      'a stop comes while it is held',
      async (held: ProcessTree): Promise<boolean> => {
        void held.stop(force);
        return Promise.resolve(true);
      },
    ],
  ])('never executes the command when %s', async (_when, beforeRelease) => {
    const proof = join(directory.path, hostileToken());
    const tree = await startTree({ ...any(), command: ['/bin/touch', proof], beforeRelease });
    expect(tree.released).toBe(false);
    expect(await tree.gone).toMatchObject({ neverRan: true, signals: [], forced: false, exit: null, survivors: [] });
    expect(await tree.release()).toBe(false);
    expect(existsSync(proof)).toBe(false);
    expect(livingProcesses(proof)).toEqual([]);
  });

  it('never executes the command when the last check fails, and says why', async () => {
    const proof = join(directory.path, hostileToken());
    const beforeRelease = (): Promise<boolean> => Promise.reject(new Error('disk full'));
    await expect(spawnTree({ ...any(), command: ['/bin/touch', proof], beforeRelease })).rejects.toThrow('disk full');
    expect(livingProcesses(proof)).toEqual([]);
    expect(existsSync(proof)).toBe(false);
  });

  it('refuses what cannot be started with a code, and leaves nothing behind', async () => {
    const file = (name: string, text: string, mode: number): string => {
      const path = join(directory.path, `${name}-${containment.means}`);
      writeFileSync(path, text);
      chmodSync(path, mode);
      return path;
    };
    const subdirectory = join(directory.path, `directory-${containment.means}`);
    mkdirSync(subdirectory);
    const refusal = (overrides: object) =>
      spawnTree({ ...any(), command: ['true'], ...overrides }).then(
        () => 'started',
        (error: unknown) => (error instanceof ProcessTreeError ? error.code : error),
      );
    expect(await refusal({ command: [] })).toBe('command-empty');
    expect(await refusal({ command: ['no-such-program'] })).toBe('command-not-found');
    expect(await refusal({ command: ['/no/such/program'] })).toBe('command-not-found');
    expect(await refusal({ command: [file('plain', '#!/bin/sh\n', 0o644)] })).toBe('command-not-executable');
    expect(await refusal({ command: [subdirectory] })).toBe('command-not-executable');
    expect(await refusal({ command: [file('orphan', '#!/no/such/interpreter\n', 0o755)] })).toBe(
      'command-not-executable',
    );
    expect(await refusal({ command: [file('elf', '\x7fELF\x02\x01\x01 not really', 0o755)] })).toBe(
      'command-not-executable',
    );
    expect(await refusal({ cwd: '/no/such/directory' })).toBe('cwd-missing');
    expect(await refusal({ name: '../escape' })).toBe('name-unsupported');
    expect(await refusal({ command: ['true', 'x'.repeat(3_000_000)] })).toBe('spawn-failed');
    expect(listContainments(containment)).toEqual([]);
  });

  it('finds a program beside the working directory, as a shell would', async () => {
    writeFileSync(join(directory.path, '-odd'), '#!/bin/sh\necho found\n', { mode: 0o755 });
    const tree = await startTree({ ...any(), cwd: directory.path, command: ['./-odd'] });
    expect(await readLine(tree)).toBe('found');
    await tree.stop(force);
    const env = { PATH: `${directory.path}:/usr/bin:/bin` };
    const dashed = await startTree({ ...any(), env, command: ['-odd'] });
    expect(await readLine(dashed)).toBe('found');
    await dashed.stop(force);
  });

  it('counts what a tree uses', async () => {
    const busy = 'while (process.cpuUsage().user < 200_000); console.log("ready"); setTimeout(() => 0, 120_000)';
    const tree = await startTree({ ...any(), command: [process.execPath, '-e', busy] });
    await readLine(tree);
    expect(tree.usage().cpuMs).toBeGreaterThan(150);
    expect(tree.usage()).toMatchObject({ processes: 1 });
    expect(tree.usage().rssBytes).toBeGreaterThan(10_000_000);
    await tree.stop(force);
    expect(tree.usage()).toMatchObject({ processes: 0, rssBytes: 0 });
  });
});
