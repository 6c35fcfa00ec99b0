import { spawn } from 'node:child_process';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { ExecutionId } from '@necrocode/domain';
import { newId } from '@necrocode/service-kit';
import { eventually } from '@necrocode/testing';
import { hostileCommand, hostileToken, livingProcesses } from '@necrocode/testing/hostile';
import { endingWithoutTree } from '../execution/endings.js';
import { ExecutionFiles } from '../execution/execution-file.js';
import { MARKER, OWNER } from '../execution/marks.js';
import { identity, runnerBench } from '../testing/runner-bench.js';

type Bench = Awaited<ReturnType<typeof runnerBench>>;
let bench: Bench;
const tokens: string[] = [];
/** Of containments that are not this runner's. */
const ELSEWHERE = 'necrocode-spec-orphans';

beforeAll(async () => {
  bench = await runnerBench({ sweepMs: 100 });
}, 60_000);
afterEach(async () => {
  await bench.left.end();
  for (const pid of tokens.splice(0).flatMap(livingProcesses)) process.kill(pid, 'SIGKILL');
});
afterAll(() => bench.end(), 60_000);

const sleeper = (env: Record<string, string>) => {
  const token = hostileToken();
  tokens.push(token);
  spawn('sh', ['-c', 'while :; do sleep 1; done', token], { env: { ...env, PATH: '/usr/bin:/bin' }, stdio: 'ignore' });
  return () => livingProcesses(token);
};
const endedRecord = (): ExecutionId => {
  const execution = identity(bench.runnerId);
  const ending = endingWithoutTree('exited', 'process-group', new Date().toISOString(), {});
  new ExecutionFiles(bench.home).write({ execution, stop: null, tree: null, ending });
  return execution.executionId;
};
/** Whatever is there now has been looked at twice when this has. */
const afterTwoMoreLooks = async () => {
  const executionId = newId('exe');
  const living = sleeper({ [MARKER]: executionId, [OWNER]: bench.runnerId });
  await bench.report(executionId, 'orphan-ended');
  expect(living()).toEqual([]);
};

describe('a sweep of the host', () => {
  it('ends a process of this runner that no execution in hand owns, and tells so', async () => {
    const executionId = newId('exe');
    const living = sleeper({ [MARKER]: executionId, [OWNER]: bench.runnerId });
    const found = await bench.report(executionId, 'orphan-found');
    expect(found).toMatchObject({ orphan: { kind: 'process', executionId }, execution: { runnerId: bench.runnerId } });
    expect(found.processes).toBeGreaterThan(0);
    expect(await bench.report(executionId, 'orphan-ended')).toMatchObject({ processes: 0 });
    expect(living()).toEqual([]);
  });

  it('knows one that has cleared its environment by the record of its execution', async () => {
    const executionId = endedRecord();
    const token = hostileToken();
    tokens.push(token);
    await bench.left.leave(executionId, hostileCommand('clears-environment', token), { group: ELSEWHERE });
    await bench.report(executionId, 'orphan-ended');
    expect(livingProcesses(token)).toEqual([]);
  });

  it('ends what is in a containment of its own group that no record speaks of', async () => {
    const executionId = newId('exe');
    const token = hostileToken();
    tokens.push(token);
    await bench.left.leave(executionId, ['sh', '-c', 'while :; do sleep 1; done', token]);
    await bench.report(executionId, 'orphan-ended');
    expect(livingProcesses(token)).toEqual([]);
  });

  it('touches nobody that runs, belongs to another runner, or is of an execution it never knew', async () => {
    const execution = identity(bench.runnerId);
    await bench.start(execution, ['sleep', '300']);
    await bench.report(execution.executionId, 'started');
    const unknown = newId('exe');
    const others = sleeper({ [MARKER]: endedRecord(), [OWNER]: newId('run') });
    const nobodys = sleeper({ [MARKER]: unknown });
    const token = hostileToken();
    tokens.push(token);
    await bench.left.leave(unknown, ['sh', '-c', 'while :; do sleep 1; done', token], { group: ELSEWHERE });
    await eventually(() => expect([others(), nobodys(), livingProcesses(token)]).not.toContainEqual([]));
    await afterTwoMoreLooks();
    await afterTwoMoreLooks();
    expect([others(), nobodys(), livingProcesses(token)]).not.toContainEqual([]);
    expect(bench.reports.filter((report) => report.execution.executionId === unknown)).toEqual([]);
    expect(
      bench.reports.filter(
        ({ kind, execution: { executionId } }) => kind === 'ended' && executionId === execution.executionId,
      ),
    ).toEqual([]);
    await bench.stop(execution);
    await bench.report(execution.executionId, 'ended');
  });
});
