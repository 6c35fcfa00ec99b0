import { describe, expect, it } from '@jest/globals';
import { CodedError } from '@necrocode/service-kit';
import { itemsOf, planTokenOf } from './plan-token.js';

const items = [
  { subject: 'task fetch', fate: 'stop' },
  { subject: 'slot run/repos/1', fate: 'released' },
];

describe('a plan token', () => {
  it('is the plan', () => expect(itemsOf(planTokenOf(items))).toEqual(items));

  it('stays short: one of 500 tasks is sent in a header-sized body', () => {
    const many = Array.from({ length: 500 }, (_, index) => ({ subject: `task step-${index}`, fate: 'dequeued' }));
    expect(planTokenOf(many).length).toBeLessThan(8_000);
  });

  it.each([
    ['that is none', 'nonsense'],
    ['of something else', Buffer.from('{}').toString('base64url')],
    ['that would unfold without end', planTokenOf([{ subject: 'x'.repeat(2_000_000), fate: 'stop' }])],
  ])('%s is refused with its path', (_, token) => {
    expect(() => itemsOf(token)).toThrow(CodedError);
  });
});
