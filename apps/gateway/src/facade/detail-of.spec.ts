import { describe, expect, it } from '@jest/globals';
import { CodedError, problemOf } from '@necrocode/service-kit';
import { detailOf } from './detail-of.js';
import { isFacade } from './is-facade.js';

describe('a problem in the words of FastAPI', () => {
  it('has its message as detail, and what our own clients look for beside it', () => {
    expect(detailOf(problemOf(new CodedError('job-not-found')), 'GET')).toEqual({
      status: 404,
      body: {
        detail: 'No job has this id.',
        necrocode: { code: 'job-not-found', hint: expect.any(String), retryable: false },
      },
    });
  });

  it.each([
    ['POST', 'body'],
    ['GET', 'query'],
  ])('names the place of each fault of a %s, from its %s on', (method, part) => {
    const fields = [{ path: 'batch.data.0', message: 'must be a list' }];
    const { status, body } = detailOf(problemOf(new CodedError('validation-failed', {}, { fields })), method);
    expect([status, body.detail]).toEqual([
      422,
      [{ type: 'value_error', loc: [part, 'batch', 'data', 0], msg: 'must be a list' }],
    ]);
  });

  it.each(['malformed-json', 'unsupported-media-type'] as const)('takes %s for a body that is no JSON', (code) =>
    expect(detailOf(problemOf(new CodedError(code)), 'POST')).toMatchObject({
      status: 422,
      body: { detail: [{ type: 'json_invalid', loc: ['body'] }] },
    }),
  );
});

describe('the calls of other systems', () => {
  it.each(['/api/v1/queue/default/status', '/api/training/queue'])('have %s', (path) =>
    expect(isFacade(path)).toBe(true),
  );
  it.each(['/api/jobs', '/api/v10/x', '/api/trainings'])('do not have %s', (path) =>
    expect(isFacade(path)).toBe(false),
  );
});
