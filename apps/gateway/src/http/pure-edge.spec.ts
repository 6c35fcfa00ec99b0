import { describe, expect, it } from '@jest/globals';
import { NotFoundException } from '@nestjs/common';
import { CodedError } from '@necrocode/service-kit';
import { bearerCheck } from './authenticate.js';
import { parseIdempotencyKey, uuidOfKey } from './idempotency-key.js';
import { parseJsonBody } from './parse-json-body.js';
import { waitFor } from './prefer-wait.js';
import { problemOfFault } from './problem-of-fault.js';
import { isPublic } from './public-path.js';

describe('the bearer check', () => {
  const check = bearerCheck('the-token');
  it('lets the token pass', () => expect(() => check('Bearer the-token')).not.toThrow());
  it.each([undefined, '', 'the-token', 'Bearer', 'Bearer the-toke', 'Bearer the-token x', 'Basic the-token'])(
    'refuses %p',
    (header) => expect(() => check(header)).toThrow('unauthenticated'),
  );
});

describe('public paths', () => {
  it.each(['/healthz', '/readyz?x', '/api/docs', '/api/openapi.json'])('%s needs no token', (path) =>
    expect(isPublic(path)).toBe(true),
  );
  it.each(['/api/jobs', '/api/docs/..', '/healthz/x', '/api/jobs?/healthz', '//healthz'])('%s does', (path) =>
    expect(isPublic(path)).toBe(false),
  );
});

describe('a wait', () => {
  it.each([
    [undefined, undefined, null],
    [1_500, undefined, { ms: 1_500, applied: null }],
    [undefined, 'wait=30', { ms: 30_000, applied: 'wait=30' }],
    [undefined, 'respond-async; wait="5"', { ms: 5_000, applied: 'wait=5' }],
    [undefined, 'wait=99999', { ms: 300_000, applied: 'wait=300' }],
    [undefined, 'await=5', null],
    [undefined, 'wait=soon', null],
    [10, 'wait=30', { ms: 10, applied: null }],
  ])('query %p and Prefer %p give %p', (queryMs, prefer, expected) =>
    expect(waitFor(queryMs, prefer)).toEqual(expected),
  );
});

describe('an idempotency key', () => {
  it('gives one UUID for the same principal, purpose and key, and another for any other', () => {
    const uuid = uuidOfKey('user:a', 'job', 'k');
    expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(uuidOfKey('user:a', 'job', 'k')).toBe(uuid);
    const others = [
      uuidOfKey('user:b', 'job', 'k'),
      uuidOfKey('user:a', 'cancel', 'k'),
      uuidOfKey('user:a', 'job', 'l'),
    ];
    expect(new Set([uuid, ...others]).size).toBe(4);
  });

  it('may be absent, and is refused when it is none', () => {
    expect(parseIdempotencyKey(undefined)).toBeUndefined();
    expect(parseIdempotencyKey('a-1')).toBe('a-1');
    for (const bad of ['', 'a b', 'ü', 'x'.repeat(201), ['a', 'b']]) expect(() => parseIdempotencyKey(bad)).toThrow();
  });
});

describe('a body', () => {
  it('is JSON, or none', () => {
    expect(parseJsonBody('{"a":[1]}')).toEqual({ a: [1] });
    expect(parseJsonBody(' \n')).toBeUndefined();
  });
  it('may hold brackets in its texts', () => expect(parseJsonBody(`{"a":"${'['.repeat(200)}\\""}`)).toBeDefined());
  it('may be 64 deep, not 65', () => {
    expect(() => parseJsonBody('['.repeat(64) + ']'.repeat(64))).not.toThrow();
    expect(() => parseJsonBody('['.repeat(65) + ']'.repeat(65))).toThrow('malformed-json');
  });
  it('holds a whole surrogate pair, and the text of an escape', () => {
    expect(parseJsonBody('{"a":"\\ud83d\\ude00","b":"\\\\u0000"}')).toEqual({ a: '😀', b: '\\u0000' });
  });
  it('names every text that cannot be stored', () => {
    const refuse = (): unknown => parseJsonBody('{"a":["x","\\u0000"],"b":"\\udc00","c\\u0000":1}');
    expect(refuse).toThrow(CodedError);
    expect(refuse).toThrow(
      expect.objectContaining({
        more: {
          fields: [
            { path: 'a.1', message: expect.any(String) },
            { path: 'b', message: expect.any(String) },
            { path: '', message: expect.any(String) },
          ],
        },
      }),
    );
  });
});

describe('a fault', () => {
  const coded = (message: string, code: string) => Object.assign(new Error(message), { code });
  const withStatus = (statusCode: number) => Object.assign(new Error('of the HTTP layer'), { statusCode });
  it.each([
    [new NotFoundException(), 'route-not-found', 404],
    [withStatus(413), 'body-too-large', 413],
    [withStatus(415), 'unsupported-media-type', 415],
    [withStatus(400), 'malformed-request', 400],
    [new CodedError('job-not-cancelled'), 'job-not-cancelled', 404],
    [coded('connect ECONNREFUSED 127.0.0.1:5432', 'ECONNREFUSED'), 'store-unavailable', 503],
    [new Error('a secret'), 'internal', 500],
    ['a text', 'internal', 500],
  ])('%p is %s', (fault, code, status) => {
    const problem = problemOfFault(fault, '/api/x');
    expect(problem).toMatchObject({ code, status });
    expect(JSON.stringify(problem)).not.toMatch(/secret|5432/);
  });

  it.each([
    [coded('x', '57P01'), true],
    [coded('x', '08006'), true],
    [coded('x', '53300'), true],
    [coded('x', '23505'), false],
    [new Error('Connection terminated unexpectedly'), true],
    [Object.assign(new Error('query failed'), { driverError: coded('x', 'ECONNRESET') }), true],
    [new AggregateError([coded('x', 'ECONNREFUSED')]), true],
    [new Error('x'), false],
    ['x', false],
  ])('%p means PostgreSQL is away: %p', (fault, away) =>
    expect(problemOfFault(fault, '/api/x').code === 'store-unavailable').toBe(away),
  );
});
