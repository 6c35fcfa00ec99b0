import { describe, expect, it } from '@jest/globals';
import { errorCode, Unprocessable } from './error-code.js';

describe('the code of an error', () => {
  it.each([
    [new Unprocessable('bad-input', 'x'), 'bad-input'],
    [Object.assign(new Error('x'), { code: 'ECONNREFUSED' }), 'ECONNREFUSED'],
    [Object.assign(new Error('x'), { code: 23505 }), 'Error'],
    [Object.assign(new Error('x'), { code: 'password is hunter2' }), 'Error'],
    [new TypeError('x'), 'TypeError'],
    ['a string', 'unknown'],
    [undefined, 'unknown'],
  ])('of %p is %s', (error, code) => {
    expect(errorCode(error)).toBe(code);
  });
});
