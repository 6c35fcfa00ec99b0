import { describe, expect, it } from '@jest/globals';
import { differencesOf } from './differences.js';

describe('the differences of two values', () => {
  it('are none when they say the same in another order', () =>
    expect(differencesOf({ a: 1, b: [{ c: null }] }, { b: [{ c: null }], a: 1 })).toEqual([]));
  it('name the field by its path', () =>
    expect(differencesOf({ a: [{ b: 1 }, { b: 2 }] }, { a: [{ b: 1 }, { b: 3 }] })).toEqual([
      { field: 'a.1.b', live: 2, rebuilt: 3 },
    ]));
  it('name what only one side has', () =>
    expect(differencesOf({ a: 1 }, { b: null })).toEqual([
      { field: 'a', live: 1, rebuilt: undefined },
      { field: 'b', live: undefined, rebuilt: null },
    ]));
  it('tell a list from an object and nothing from an empty one', () =>
    expect([...differencesOf([], {}), ...differencesOf(null, {})].map(({ field }) => field)).toEqual(['', '']));
  it('name a row that one side lacks as a whole', () =>
    expect(differencesOf(null, { a: 1 })).toEqual([{ field: '', live: null, rebuilt: { a: 1 } }]));
});
