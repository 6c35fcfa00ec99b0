import { describe, expect, it } from '@jest/globals';
import { parseCancelAfter } from './cancel-after.js';

describe('Cancel-After', () => {
  it.each([
    ['10m', { afterMs: 600_000 }],
    ['90s', { afterMs: 90_000 }],
    ['1500ms', { afterMs: 1_500 }],
    ['2h', { afterMs: 7_200_000 }],
    ['30', { afterMs: 30_000 }],
    [' 5s ', { afterMs: 5_000 }],
    ['2030-01-31T12:00:00Z', { at: '2030-01-31T12:00:00.000Z' }],
    ['2030-01-31T12:00:00.5+02:00', { at: '2030-01-31T10:00:00.500Z' }],
  ])('takes %s', (header, deadline) => expect(parseCancelAfter(header)).toEqual(deadline));

  it('may be left out', () => expect(parseCancelAfter(undefined)).toBeUndefined());

  it.each([
    '',
    'soon',
    '0',
    '-5s',
    '1.5s',
    '31d',
    '721h',
    '2030-01-31',
    '2030-01-31T12:00:00',
    '2030-13-31T12:00:00Z',
    '0000-01-01T00:00:00Z',
    '9999-12-31T23:59:59-14:00',
    '10m, 20m',
  ])('refuses %j, naming the header', (header) => {
    expect(() => parseCancelAfter(header)).toThrow(expect.objectContaining({ code: 'validation-failed' }));
  });
});
