import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { detectContainment, type ProcessTree, spawnTree } from '@necrocode/process-tree';
import { eventually } from '@necrocode/testing';
import { hostileToken, livingProcesses } from '@necrocode/testing/hostile';
import { ExecutionFiles, resumeOf } from '../execution/execution-file.js';
import { MARKER } from '../execution/marks.js';
import { OutputFiles } from '../execution/output-files.js';
import { identity, plainStop, runnerBench, startOf } from '../testing/runner-bench.js';
import { RunnerHome } from '../workspace/place.js';

type Bench = Awaited<ReturnType<typeof runnerBench>>;
let bench: Bench;
const trees: ProcessTree[] = [];

beforeAll(async () => {
  bench = await runnerBench({ orphans: 'adopt' });
}, 60_000);
afterEach(async () => {
  bench.fence();
  await Promise.all(trees.splice(0).map((tree) => tree.stop({ gracePeriodMs: 0, force: true })));
});
afterAll(() => bench.end(), 60_000);

const forEver = 'echo before; while :; do echo tick; sleep 0.05; done';

/** What an agent that adopts leaves when it is killed: the tree, its record, its output in files. */
const leave = async (script: string, stop: typeof plainStop | null = null, timeoutMs: number | null = null) => {
  const execution = identity(bench.runnerId);
  const { executionId } = execution;
  const token = hostileToken();
  const written = new OutputFiles(bench.home).open(executionId);
  const command = ['sh', '-c', script, token];
  const tree = await spawnTree({
    name: executionId,
    command,
    cwd: bench.directory,
    env: { PATH: '/usr/bin:/bin' },
    marker: { name: MARKER, value: executionId },
    containment: await detectContainment({ group: new RunnerHome(bench.home).group }),
    stdout: written.stdout,
    stderr: written.stderr,
  });
  written.close();
  trees.push(tree);
  const resume = resumeOf(startOf(execution, command, { timeoutMs }));
  return {
    execution,
    executionId,
    tree,
    living: () => livingProcesses(token),
    /** Only once no agent is there that would end it. */
    record: () => new ExecutionFiles(bench.home).write({ execution, stop, resume, tree: tree.record, ending: null }),
  };
};
const restartWith = async (left: Awaited<ReturnType<typeof leave>>) => {
  left.record();
  await bench.restart();
};
const textOf = (executionId: string) =>
  bench.output.flatMap((chunk) => (chunk.executionId === executionId ? [chunk.text] : [])).join('');

describe('a runner that adopts what its predecessor left', () => {
  it('lets it go on, brings its output from where it was left, and ends it with proof when asked to', async () => {
    const left = await leave(forEver);
    await restartWith(left);
    await bench.report(left.executionId, 'started');
    await eventually(() => expect(textOf(left.executionId).split('tick').length).toBeGreaterThan(5));
    expect(textOf(left.executionId)).toMatch(/^before\n/);
    expect(left.living()).toContain(left.tree.record.pid);
    expect(await bench.start(left.execution, ['true'])).toEqual({ answer: 'accepted' });
    expect(await bench.stop(left.execution)).toMatchObject({ answers: [{ answer: 'signalled' }] });
    const { ending } = await bench.report(left.executionId, 'ended');
    expect(left.living()).toEqual([]);
    expect(ending).toMatchObject({
      reason: 'stopped',
      started: true,
      cancellationId: plainStop.cancellationId,
      evidence: { survivors: 0, signals: [{ signal: 'SIGTERM' }] },
    });
    expect(ending.evidence.provenGoneAt).not.toBeNull();
  });

  it('notices its end, and claims no exit code that nobody has seen', async () => {
    const left = await leave('sleep 1; setsid sleep 300 & echo done');
    await restartWith(left);
    const { ending } = await bench.report(left.executionId, 'ended');
    expect(ending).toMatchObject({
      reason: 'runner-restarted',
      exit: { code: null, signal: null },
      evidence: { survivors: 0 },
    });
    await eventually(() => expect(textOf(left.executionId)).toContain('done'));
  });

  it('ends it when it has run for as long as it may', async () => {
    const left = await leave(forEver, null, 500);
    await restartWith(left);
    expect((await bench.report(left.executionId, 'ended')).ending).toMatchObject({ reason: 'timed-out' });
    expect(left.living()).toEqual([]);
  });

  it.each([
    ['the runner-monitor has fenced', null, 'fenced'],
    ['somebody had asked to stop', plainStop, 'stopped'],
  ] as const)('ends what %s', async (_, stop, reason) => {
    const left = await leave(forEver, stop);
    bench.fence(left.executionId);
    await restartWith(left);
    expect((await bench.report(left.executionId, 'ended')).ending).toMatchObject({
      reason,
      evidence: { survivors: 0 },
    });
    expect(left.living()).toEqual([]);
  });
});
