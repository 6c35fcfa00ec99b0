import { describe, expect, it } from '@jest/globals';
import { callFunction, type FunctionCall } from './call-function.js';
import { type TaskFunction, worker } from './worker.js';

const logged: string[] = [];
const context = {
  write: () => undefined,
  log: (line: string) => void logged.push(line),
  jobId: 'job_1',
  taskId: 'task_1',
  taskKey: 'resize',
  attempt: 1,
  workspace: '/workspace',
};
const call = (run: TaskFunction, more: Partial<FunctionCall> = {}) =>
  callFunction(worker({ run }), {
    name: 'run',
    input: { width: 3 },
    context,
    stop: new AbortController().signal,
    timeoutMs: null,
    ...more,
  });
const untilAborted: TaskFunction = (_, { signal }) =>
  new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));

describe('a call', () => {
  it('gives the function its input and what it may know of its task, and brings what it returns', async () => {
    const outcome = await call((input, { jobId, attempt }) => ({ input, jobId, attempt }));
    expect(outcome).toEqual({ result: { input: { width: 3 }, jobId: 'job_1', attempt: 1 } });
  });

  it('of a function that returns nothing has null as its result', async () =>
    expect(await call(() => undefined)).toEqual({ result: null }));

  it('fails with what the function threw, and writes down where', async () => {
    const outcome = await call(() => {
      throw new RangeError('too wide');
    });
    expect(outcome).toEqual({ error: { code: 'handler-failed', message: 'RangeError: too wide' } });
    expect(logged.at(-1)).toContain('call-function.spec');
  });

  it.each([
    ['a function', () => 7],
    ['a bigint', 7n],
    ['too much', 'x'.repeat(70_000)],
  ])('fails when the result is %s', async (_, value) =>
    expect(await call(() => value)).toMatchObject({ error: { code: 'handler-result-invalid' } }),
  );

  it('of a function that is not there fails, also when every object has one of that name', async () => {
    for (const name of ['walk', 'toString'])
      expect(await call(() => 1, { name })).toMatchObject({ error: { code: 'handler-not-found' } });
  });

  it('aborts its signal when the task is to stop', async () => {
    const stop = new AbortController();
    const calling = call(untilAborted, { stop: stop.signal });
    stop.abort(new DOMException('stop', 'AbortError'));
    expect(await calling).toMatchObject({ error: { message: 'AbortError: stop' } });
  });

  it('aborts its signal when its time is over, though nobody stops it', async () => {
    expect(await call(untilAborted, { timeoutMs: 1 })).toMatchObject({
      error: { message: expect.stringContaining('TimeoutError') },
    });
  });

  it('aborts its signal for a stop that comes before its time is over', async () => {
    const stop = new AbortController();
    const calling = call(untilAborted, { stop: stop.signal, timeoutMs: 60_000 });
    stop.abort(new DOMException('stop', 'AbortError'));
    expect(await calling).toMatchObject({ error: { message: 'AbortError: stop' } });
  });
});

describe('a worker', () => {
  it('has no function under a name no task could have', () => {
    expect(() => worker({ 'a b': () => 1 })).toThrow(TypeError);
  });
});
