import { readFileSync } from 'node:fs';
import { Writable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { describeError } from './describe-error.js';
import { createLogger } from './logger.js';

const SECRET = 'canary-9f2c';

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new TypeError('nothing was thrown');
}

/** As TypeORM and pg throw it. */
const failedQuery = Object.assign(new Error('duplicate key value violates unique constraint "task_pkey"'), {
  code: '23505',
  detail: `Key (task_id)=(${SECRET}) already exists.`,
  parameters: [SECRET],
  query: 'insert into task (task_id) values ($1)',
});

describe('an error in a log', () => {
  it('has its type, text, code and frames', () => {
    expect(describeError(failedQuery)).toMatchObject({
      type: 'Error',
      message: 'duplicate key value violates unique constraint "task_pkey"',
      code: '23505',
      stack: expect.arrayContaining([expect.stringMatching(/^at /)]),
    });
  });

  it('says what caused it', () =>
    expect(describeError(new Error('append failed', { cause: failedQuery }))).toMatchObject({
      cause: { code: '23505' },
    }));

  it.each<[string, unknown]>([
    ['a query with its parameters', failedQuery],
    ['a malformed text', thrownBy(() => JSON.parse(`{"token": ${SECRET}}`))],
    ['a body with an unknown field', thrownBy(() => z.strictObject({}).parse({ [SECRET]: 1 }))],
    ['a file that is not there', thrownBy(() => readFileSync(`/nowhere/${SECRET}`))],
    [
      'a command that failed',
      Object.assign(new Error(`Command failed: git\n${SECRET}`), { stderr: SECRET, code: 128 }),
    ],
    ['a value PostgreSQL cannot read', Object.assign(new Error(`invalid input: "${SECRET}"`), { code: '22P02' })],
    ['something that is no error', SECRET],
    ['any of them as a cause', new Error('outer', { cause: thrownBy(() => JSON.parse(SECRET)) })],
  ])('does not quote %s', (_, error) => {
    const lines: string[] = [];
    const sink = new Writable({
      write: (chunk, _encoding, done) => {
        lines.push(String(chunk));
        done();
      },
    });
    createLogger('spec', 'trace', sink).error({ err: error }, 'failed');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('"err":{');
    expect(lines[0]).not.toContain(SECRET);
  });
});
