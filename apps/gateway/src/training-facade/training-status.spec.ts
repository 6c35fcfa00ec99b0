import { describe, expect, it } from '@jest/globals';
import { trainingStatus } from './training-status.js';

const at = '2026-01-01T00:00:00.000Z';

describe('the status of a training job', () => {
  it.each([
    ['queued', null, 'queued'],
    ['running', null, 'pending'],
    ['running', at, 'running'],
    ['retrying', at, 'pending'],
    ['cancelling', null, 'queued'],
    ['cancelling', at, 'running'],
    ['completed', at, 'completed'],
    ['failed', at, 'failed'],
    ['cancelled', null, 'cancelled'],
  ] as const)('that is %s, started %p, is %s', (status, startedAt, expected) =>
    expect(trainingStatus({ status, startedAt })).toBe(expected),
  );
});
