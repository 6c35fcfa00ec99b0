import { describe, expect, it } from '@jest/globals';
import type { BatchId } from '../ids.js';
import { criteriaOf } from './target.js';

const any = { batchId: null, queue: null, owner: null, labels: null, states: null, olderThanMs: null };

describe('what a bulk asks for', () => {
  it('is every open job of a batch', () =>
    expect(criteriaOf({ kind: 'batch', batchId: 'batch_1' as BatchId })).toStrictEqual({ ...any, batchId: 'batch_1' }));

  it.each([
    ['all', ['queued', 'running', 'retrying']],
    ['all-except-running', ['queued', 'retrying']],
    ['everything', null],
  ] as const)('is %s of a queue', (mode, states) =>
    expect(criteriaOf({ kind: 'queue', queue: 'gpu', mode })).toStrictEqual({ ...any, queue: 'gpu', states }),
  );

  it('is what fits every part of a selector', () => {
    const selector = { labels: { team: 'vision' }, owner: 'ada', olderThanMs: 0 };
    expect(criteriaOf({ kind: 'selector', selector })).toStrictEqual({ ...any, ...selector });
  });

  it.each([{}, { labels: {} }])('is nothing under an empty selector: %o', (selector) =>
    expect(criteriaOf({ kind: 'selector', selector })).toBeNull(),
  );
});
