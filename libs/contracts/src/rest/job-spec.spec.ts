import { describe, expect, it } from '@jest/globals';
import { submitJobBody } from './job-spec.js';

const faults = (task: object) =>
  submitJobBody
    .safeParse({ name: 'x', tasks: [{ key: 'a', ...task }] })
    .error?.issues.map(({ path }) => path.join('.')) ?? [];

describe('what a task runs', () => {
  it.each([
    ['a command', { command: ['true'] }],
    ['a function', { handler: 'resize' }],
    ['a function with its input', { handler: 'resize', input: { width: 3, tags: [null] } }],
  ])('may be %s', (_, task) => expect(faults(task)).toEqual([]));

  it.each([
    ['nothing', {}, ['tasks.0.command']],
    ['both', { command: ['true'], handler: 'resize' }, ['tasks.0.handler']],
    ['a command with an input', { command: ['true'], input: 1 }, ['tasks.0.input']],
    [
      'an input from elsewhere',
      { handler: 'x', inputFrom: { a: { task: 'b', field: 'c' } } },
      ['tasks.0.inputFrom.a.task'],
    ],
    ['a name no function could have', { handler: 'a b' }, ['tasks.0.handler']],
    ['too large an input', { handler: 'resize', input: 'x'.repeat(70_000) }, ['tasks.0.input']],
  ])('is not %s', (_, task, paths) => expect(faults(task)).toEqual(paths));
});
