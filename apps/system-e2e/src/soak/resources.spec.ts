import { describe, expect, it } from '@jest/globals';
import { growth } from './resources.js';

const looks = (...usages: readonly (readonly [rssMiB: number, openFiles: number])[]) =>
  usages.map(([rssMiB, openFiles]) => new Map([['gateway', { pid: 1, rssMiB, openFiles }]]));

describe('the growth of a process between idle looks', () => {
  it('is none while its heap goes up and down', () =>
    expect(growth(looks([100, 30], [160, 30], [110, 33], [150, 31]))).toEqual([]));

  it('is memory that is never given back', () =>
    expect(growth(looks([100, 30], [140, 30], [180, 30], [220, 30]))).toEqual(['gateway: 100 → 180 MiB']));

  it('is files that are never closed', () =>
    expect(growth(looks([100, 30], [100, 35], [100, 40], [100, 45]))).toEqual(['gateway: 30 → 40 open files']));
});
