import { describe, expect, it } from '@jest/globals';
import { idOf } from '@necrocode/service-kit';
import { plainStop } from '../testing/runner-bench.js';
import { heldBy, leftMsOf, type Resume } from './execution-file.js';

const at = (ms: number) => new Date(ms).toISOString();
const by = [idOf('can', '00000000-0000-7000-8000-000000000001')];
const resume: Resume = { taskKey: 'a', timeout: { dueAt: at(10_000), stop: plainStop } };

describe('the time that an execution has left', () => {
  it('passes while it runs', () => {
    expect(leftMsOf(resume, 4_000)).toBe(6_000);
  });

  it('does not pass while it stands still', () => {
    const held = heldBy(by, resume, 6_000, 4_000);
    expect(held.held).toEqual({ by, leftMs: 6_000 });
    expect(leftMsOf(held, 50_000)).toBe(6_000);
  });

  it('goes on from there when nobody holds it any more', () => {
    const released = heldBy([], heldBy(by, resume, 6_000, 4_000), 6_000, 50_000);
    expect(released).toEqual({ ...resume, timeout: { dueAt: at(56_000), stop: plainStop } });
  });

  it('is without end where nothing was said', () => {
    const endless = { ...resume, timeout: null };
    expect(leftMsOf(heldBy(by, endless, null, 0), 1)).toBeNull();
    expect(heldBy([], endless, null, 0)).toEqual(endless);
  });
});
