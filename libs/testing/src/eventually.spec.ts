import { describe, expect, it } from '@jest/globals';
import { eventually } from './eventually.js';

describe('eventually', () => {
  it('repeats the assertion until it passes and gives back its value', async () => {
    let calls = 0;
    const value = await eventually(() => {
      calls += 1;
      if (calls < 3) throw new Error('not yet');
      return 'done';
    });
    expect([value, calls]).toEqual(['done', 3]);
  });

  it('throws what the assertion threw last when the budget is spent', async () => {
    let calls = 0;
    const failing = eventually(
      () => {
        calls += 1;
        throw new Error(`attempt ${calls}`);
      },
      { withinMs: 1, everyMs: 2 },
    );
    await expect(failing).rejects.toThrow(/^attempt /);
    await expect(failing).rejects.toThrow(`attempt ${calls}`);
  });
});
