import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { identity, runnerBench } from '../testing/runner-bench.js';

const full = { answer: 'refused', because: 'full' };
let bench: Awaited<ReturnType<typeof runnerBench>>;

beforeAll(async () => {
  bench = await runnerBench({ capacity: 1 });
});
afterAll(() => bench.end());

describe('a start that was refused', () => {
  it('is refused for good: whoever asks again may come behind the answer that gave it away', async () => {
    const [first, refused, other] = [identity(bench.runnerId), identity(bench.runnerId), identity(bench.runnerId)];
    await bench.start(first, ['sleep', '300']);
    expect(await bench.start(refused, ['true'])).toEqual(full);
    await bench.stop(first, { force: true });
    await bench.report(first.executionId, 'ended');
    expect(await bench.start(refused, ['true'])).toEqual(full);
    await bench.restart();
    expect(await bench.start(refused, ['true'])).toEqual(full);
    expect(await bench.start(other, ['true'])).toEqual({ answer: 'accepted' });
    await bench.report(other.executionId, 'ended');
    expect(bench.reports.filter(({ execution }) => execution.executionId === refused.executionId)).toEqual([]);
  });

  it('is stopped like one that was never asked for', async () => {
    const [first, refused] = [identity(bench.runnerId), identity(bench.runnerId)];
    await bench.start(first, ['sleep', '300']);
    expect(await bench.start(refused, ['true'])).toEqual(full);
    await bench.stop(refused);
    expect((await bench.report(refused.executionId, 'ended')).ending).toMatchObject({
      reason: 'stopped',
      started: false,
    });
    await bench.stop(first, { force: true });
    await bench.report(first.executionId, 'ended');
  });
});
