import { describe, expect, it } from '@jest/globals';
import type { ExecutionId } from '@necrocode/domain';
import type { ProcessIdentity } from '@necrocode/process-tree';
import { orphanedTrees } from './orphaned-tree.js';
import { Strikes } from './strikes.js';

// Ids of the domain, by construction.
const mine = 'exe_mine' as ExecutionId;
const other = 'exe_other' as ExecutionId;
const process = (pid: number, startTime = pid): ProcessIdentity => ({ bootId: 'b', pid, startTime, cgroup: null });
const marked = (executionId: ExecutionId, pid: number, startTime = pid) => ({
  ...process(pid, startTime),
  executionId,
});
const empty = 'exe_empty' as ExecutionId;
const containment = (executionId: ExecutionId, ...processes: ProcessIdentity[]) => ({ executionId, processes });

describe('who is orphaned', () => {
  const look = (owned: readonly string[]) =>
    orphanedTrees({
      processes: [marked(mine, 10), marked(other, 20)],
      containments: [containment(mine, process(10), process(11)), containment(empty)],
      owned: new Set(owned),
    });

  it('is nobody that is in hand', () => expect(look([mine, other, empty])).toEqual([]));

  it('is each process once, by its mark or by where it is', () =>
    expect(look([])).toEqual([
      { executionId: mine, processes: [process(10), process(11)], isContained: true },
      { executionId: other, processes: [process(20)], isContained: false },
      { executionId: empty, processes: [], isContained: true },
    ]));
});

describe('two looks in a row', () => {
  const alone = (pid: number, startTime = pid) => ({
    executionId: mine,
    processes: [process(pid, startTime)],
    isContained: false,
  });
  const inside = (...pids: number[]) => ({
    executionId: mine,
    processes: pids.map((pid) => process(pid)),
    isContained: true,
  });

  it('are needed', () => {
    const strikes = new Strikes();
    expect(strikes.confirm([alone(10)])).toEqual([]);
    expect(strikes.confirm([alone(10)])).toEqual([alone(10)]);
  });

  it('are begun anew by a look that finds it no more', () => {
    const strikes = new Strikes();
    strikes.confirm([alone(10)]);
    strikes.confirm([]);
    expect(strikes.confirm([alone(10)])).toEqual([]);
  });

  it('must find the same process, not one that has got its pid', () => {
    const strikes = new Strikes();
    strikes.confirm([alone(10, 1)]);
    expect(strikes.confirm([alone(10, 2)])).toEqual([]);
  });

  it('count for a containment whoever is in it', () => {
    const strikes = new Strikes();
    strikes.confirm([inside(10)]);
    expect(strikes.confirm([inside(11, 12)])).toEqual([inside(11, 12)]);
  });

  it('name only those that both have found, where nothing holds them together', () => {
    const strikes = new Strikes();
    strikes.confirm([alone(10)]);
    expect(strikes.confirm([{ ...alone(10), processes: [process(10), process(11)] }])).toEqual([alone(10)]);
  });
});
