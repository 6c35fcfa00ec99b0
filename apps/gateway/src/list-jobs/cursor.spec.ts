import { describe, expect, it } from '@jest/globals';
import { fromCursor, toCursor } from './cursor.js';

describe('a cursor', () => {
  it('comes back as the position it was made of', () => expect(fromCursor(toCursor('12345'))).toBe(12_345n));
  it.each(['0', '-1', '1.5', 'x', '1'.repeat(19), ''])('made of %p is refused', (position) =>
    expect(() => fromCursor(toCursor(position))).toThrow('validation-failed'),
  );
});
