import { describe, expect, it } from '@jest/globals';
import { checkRunner } from './check-runner.js';

const runner = { runnerId: 'run_1', host: 'box', unproven: [], orphans: [] } as unknown as Omit<
  Parameters<typeof checkRunner>[0],
  'status'
>;

describe('what doctor says of a runner', () => {
  it.each([
    ['ready', 'ok'],
    ['draining', 'ok'],
    ['lost', 'warn'],
    ['quarantined', 'warn'],
  ] as const)('that is %s: %s', (status, verdict) =>
    expect(checkRunner({ ...runner, status })).toMatchObject({ status: verdict, name: 'runner on box' }),
  );

  it('names the orphans of one that works', () => {
    const orphans = [
      { kind: 'process', executionId: 'exe_1' },
      { kind: 'workspace', jobId: 'job_1' },
    ] as unknown as (typeof runner)['orphans'];
    expect(checkRunner({ ...runner, status: 'ready', orphans })).toMatchObject({
      status: 'warn',
      detail: 'run_1 is ready; orphans: process of exe_1, workspace of job_1',
    });
  });

  it('names what cannot be killed on one that is quarantined, and the way out', () => {
    const unproven = ['exe_1'] as unknown as (typeof runner)['unproven'];
    expect(checkRunner({ ...runner, status: 'quarantined', unproven })).toMatchObject({
      detail: 'run_1 is quarantined: processes of exe_1 cannot be killed',
      hint: expect.stringContaining('necrocode runner trust run_1'),
    });
  });
});
