import { existsSync } from 'node:fs';
import { afterAll, afterEach, describe, expect, it, jest } from '@jest/globals';
import { closeContainment } from '../recover/list-containments.js';
import { availableContainments, closeContainments, endTrees } from '../trees.spec-support.js';
import { detectContainment } from './detect-containment.js';

jest.setTimeout(60_000); // On a busy machine; nothing here waits that long.

const containments = await availableContainments();

afterEach(endTrees);
afterAll(() => closeContainments(containments));

describe('finding the strongest means of containment', () => {
  it('takes the strongest there is', async () => {
    const found = await detectContainment({ group: `spec-${process.pid}-any` });
    expect(found.means).toBe(containments[0]?.[0]);
    closeContainment(found);
  });

  it('says of each stronger means why it is not used', async () => {
    const found = await detectContainment({ group: 'spec-none', allow: [] });
    expect(found).toMatchObject({ means: 'process-group', assurance: 'swept', root: null });
    expect(found.refused).toEqual([
      { means: 'cgroup2', reason: 'not allowed by the caller' },
      { means: 'cgroup1-freezer', reason: 'not allowed by the caller' },
    ]);
  });

  it('takes nothing for a group that could not be named', async () => {
    await expect(detectContainment({ group: '../up' })).rejects.toMatchObject({ code: 'name-unsupported' });
  });

  it('leaves nothing in the kernel when it is closed', async () => {
    const found = await detectContainment({ group: `spec-${process.pid}-closed` });
    expect(closeContainment(found)).toBe(true);
    expect(found.root === null || !existsSync(found.root.directory)).toBe(true);
  });
});
