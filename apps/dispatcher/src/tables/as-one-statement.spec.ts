import { describe, expect, it } from '@jest/globals';
import { asOneStatement } from './as-one-statement.js';

describe('several statements as one', () => {
  it('number their parameters one behind the other', () =>
    expect(
      asOneStatement([
        { text: 'insert into a values ($1, $2)', values: ['x', 'y'] },
        { text: 'delete from b where c = $1 and d = $1', values: ['z'] },
      ]),
    ).toEqual({
      text: 'with part0 as (insert into a values ($1, $2)), part1 as (delete from b where c = $3 and d = $3) select',
      values: ['x', 'y', 'z'],
    }));

  it('are the one there is', () => {
    const alone = { text: 'delete from a where b = $1', values: ['x'] };
    expect(asOneStatement([alone])).toBe(alone);
  });

  it('are none where there are none', () => expect(asOneStatement([])).toBeNull());
});
