import { describe, expect, it } from '@jest/globals';
import { eachOnce } from './heard-ending.js';

const [one, other] = [{ event: { id: 'one' } }, { event: { id: 'other' } }];
const swept = { ...one, foundBy: 'sweep' } as const;

describe('ends that are recorded together', () => {
  it('are each there once', () => expect(eachOnce([one, other, one])).toEqual([one, other]));

  it('were found by a sweep only where their events did not come as well', () => {
    expect(eachOnce([swept, other, swept])).toEqual([swept, other]);
    expect(eachOnce([swept, one])).toEqual([one]);
    expect(eachOnce([one, swept])).toEqual([one]);
  });
});
