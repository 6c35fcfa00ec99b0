import { describe, expect, it } from '@jest/globals';
import { Batches } from './batches.js';

function recorded() {
  const batches: string[][] = [];
  const finish: (() => void)[] = [];
  const work = new Batches<string, string>((key, batch) => {
    batches.push([key, ...batch]);
    return new Promise((resolve) => finish.push(resolve));
  });
  return {
    work,
    batches,
    finishOne: async () => (finish.shift()?.(), await Promise.resolve(), await Promise.resolve()),
  };
}

describe('work in batches', () => {
  it('runs what comes alone at once', () => {
    const { work, batches } = recorded();
    work.add('a', '1');
    expect(batches).toEqual([['a', '1']]);
  });

  it('takes together what came while a batch of the key was under way, in its order', async () => {
    const { work, batches, finishOne } = recorded();
    for (const item of ['1', '2', '3']) work.add('a', item);
    await finishOne();
    expect(batches).toEqual([
      ['a', '1'],
      ['a', '2', '3'],
    ]);
  });

  it('keeps no key waiting for another', () => {
    const { work, batches } = recorded();
    work.add('a', '1');
    work.add('b', '1');
    expect(batches).toEqual([
      ['a', '1'],
      ['b', '1'],
    ]);
  });

  it('begins anew when all is done', async () => {
    const { work, batches, finishOne } = recorded();
    work.add('a', '1');
    await finishOne();
    work.add('a', '2');
    expect(batches).toEqual([
      ['a', '1'],
      ['a', '2'],
    ]);
  });
});
