import { describe, expect, it } from '@jest/globals';
import { now, task } from '../testing/jobs.js';
import { inputOf } from './input-of.js';
import type { Task } from './job.js';

const done = (key: string, result: unknown): Task => ({
  spec: task(key),
  progress: { status: 'completed', endedAt: now, result },
  attempts: 1,
  executionIds: [],
  unheard: [],
});
const from = { width: { task: 'measure', field: 'w' } };

describe('the input of a function', () => {
  it('is what the task says', () => expect(inputOf({ name: 'x', input: [1] }, [])).toEqual([1]));

  it('has fields of results over it', () =>
    expect(inputOf({ name: 'x', input: { width: 1, unit: 'mm' }, from }, [done('measure', { w: 7 })])).toEqual({
      width: 7,
      unit: 'mm',
    }));

  it.each([
    ['no such field', {}],
    ['no object', 'text'],
    ['inherited', null],
  ])('has null where a result has %s', (_, result) =>
    expect(inputOf({ name: 'x', input: null, from }, [done('measure', result)])).toEqual({ width: null }),
  );
});
