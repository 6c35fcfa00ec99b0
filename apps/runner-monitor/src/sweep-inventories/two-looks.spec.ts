import { describe, expect, it } from '@jest/globals';
import type { Gap } from './inventories.js';
import { TwoLooks } from './two-looks.js';

// Ids of the domain, by construction.
const gap = (heardAtMs: number, runnerId = 'run_1') => ({ runnerId, executionId: 'exe_1', heardAtMs }) as Gap;

describe('two looks at an inventory', () => {
  it('must both find it', () => {
    const looks = new TwoLooks<Gap>(({ executionId }) => executionId);
    expect(looks.confirm([gap(1)])).toEqual([]);
    expect(looks.confirm([gap(2)])).toEqual([gap(2)]);
  });

  it('must rest on two heartbeats', () => {
    const looks = new TwoLooks<Gap>(({ executionId }) => executionId);
    looks.confirm([gap(1)]);
    expect(looks.confirm([gap(1)])).toEqual([]);
    expect(looks.confirm([gap(2)])).toEqual([gap(2)]);
  });

  it('begin anew where one has found nothing', () => {
    const looks = new TwoLooks<Gap>(({ executionId }) => executionId);
    looks.confirm([gap(1)]);
    looks.confirm([]);
    expect(looks.confirm([gap(2)])).toEqual([]);
  });

  it('begin anew on another runner', () => {
    const looks = new TwoLooks<Gap>(({ executionId }) => executionId);
    looks.confirm([gap(1)]);
    expect(looks.confirm([gap(2, 'run_2')])).toEqual([]);
  });

  it('do not count a clock that jumped back for a heartbeat', () => {
    const looks = new TwoLooks<Gap>(({ executionId }) => executionId);
    looks.confirm([gap(2)]);
    expect(looks.confirm([gap(1)])).toEqual([]);
  });
});
