import { describe, expect, it } from '@jest/globals';
import { callEnvironment, parseOutcome } from './function-process.js';

describe('the environment of a call', () => {
  it('holds its input, its time and where its outcome goes', () =>
    expect(callEnvironment({ input: { a: 1 }, timeoutMs: 50, outcomeFile: '/f' })).toEqual({
      NECROCODE_INPUT: '{"a":1}',
      NECROCODE_TIMEOUT_MS: '50',
      NECROCODE_OUTCOME_FILE: '/f',
    }));
});

describe('an outcome', () => {
  it.each([
    ['{"result":{"a":1}}', { result: { a: 1 } }],
    ['{"error":{"code":"handler-failed","message":"x"}}', { error: { code: 'handler-failed', message: 'x' } }],
    ['{"error":{"code":"runner-lost","message":"x"}}', null],
    ['{"error":"x"}', null],
    ['[1', null],
    ['7', null],
    ['{}', null],
  ])('%s is read as %j', (text, outcome) => expect(parseOutcome(text)).toEqual(outcome));
});
