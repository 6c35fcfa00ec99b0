import { describe, expect, it } from '@jest/globals';
import { judgeDiskSpace } from './check-data-directory.js';
import { judgeContainment, judgeOpenFiles } from './check-kernel.js';
import { checkNode, checkPlatform } from './check-runtime.js';

const GIB = 1024 ** 3;

describe('judging a machine', () => {
  it.each([
    ['20.18.3', 'fail'],
    ['18.20.0', 'fail'],
    ['20.19.0', 'ok'],
    ['22.0.0', 'ok'],
  ])('says of Node %s: %s', (version, status) => expect(checkNode(version).status).toBe(status));

  it.each([
    ['linux', 'x64', 'ok'],
    ['linux', 'arm64', 'warn'],
    ['darwin', 'arm64', 'warn'],
  ] as const)('says of %s %s: %s', (platform, arch, status) =>
    expect(checkPlatform(platform, arch).status).toBe(status),
  );

  it.each([
    [0.4 * GIB, 'fail'],
    [2 * GIB, 'warn'],
    [3 * GIB, 'ok'],
  ])('says of %d free bytes: %s', (bytes, status) => expect(judgeDiskSpace(bytes).status).toBe(status));

  it.each([
    ['1024', 'warn'],
    ['4096', 'ok'],
    ['unlimited', 'ok'],
    [undefined, 'ok'],
  ])('says of a limit of %s open files: %s', (limit, status) => expect(judgeOpenFiles(limit).status).toBe(status));

  it('names why stronger means of containment are not to be had', () => {
    const refused = [{ means: 'cgroup2' as const, reason: 'cannot be written (EACCES)' }];
    expect(judgeContainment({ means: 'process-group', assurance: 'swept', refused })).toMatchObject({
      status: 'warn',
      detail: expect.stringContaining('cgroup2: cannot be written (EACCES)'),
    });
    expect(judgeContainment({ means: 'cgroup2', assurance: 'kernel', refused: [] }).status).toBe('ok');
  });
});
