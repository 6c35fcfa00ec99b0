import { describe, expect, it } from '@jest/globals';
import { endingWord } from './ending-word.js';

describe('the last message of a stream', () => {
  it.each([
    ['completed', null, '[DONE]'],
    ['failed', { code: 'task-timed-out', message: 'it took too long' }, '[ERROR] it took too long'],
    ['cancelled', null, '[CANCELLED]'],
    ['queued', null, null],
    ['running', null, null],
    ['retrying', null, null],
    ['cancelling', null, null],
  ] as const)('of a job that is %s is %p → %p', (status, error, word) =>
    expect(endingWord({ status, error })).toBe(word),
  );
});
