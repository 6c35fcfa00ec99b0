import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@necrocode/testing';
import { ExecutionFiles } from './execution/execution-file.js';
import { identity, plainStop, runnerBench, startOf } from './testing/runner-bench.js';

type Bench = Awaited<ReturnType<typeof runnerBench>>;
let bench: Bench;

beforeAll(async () => {
  bench = await runnerBench();
});
afterAll(() => bench.end());

describe('after the death of its predecessor', () => {
  const leaveRunning = async () => {
    const execution = identity(bench.runnerId);
    const tree = await bench.left.leave(execution.executionId, ['sleep', '300'], {
      group: 'necrocode-spec-predecessor',
    });
    return { execution, tree };
  };

  it('a runner ends what was left running, proves it and reports it', async () => {
    const { execution, tree } = await leaveRunning();
    await bench.restart();
    new ExecutionFiles(bench.home).write({ execution, stop: null, tree: tree.record, ending: null });
    await bench.restart();
    const { ending } = await bench.report(execution.executionId, 'ended');
    expect(ending).toMatchObject({ reason: 'runner-restarted', started: true, evidence: { survivors: 0 } });
  });

  it('a runner has on record who asked for a stop and what was signalled, while the tree still lives', async () => {
    const execution = identity(bench.runnerId);
    await bench.start(execution, ['sh', '-c', 'trap "" TERM; echo ready; while :; do sleep 1; done']);
    await eventually(() => expect(bench.output.some((c) => c.executionId === execution.executionId)).toBe(true));
    await bench.stop(execution);
    await bench.stop(execution);
    const file = new ExecutionFiles(bench.home).read(execution.executionId);
    expect(file).toMatchObject({ stop: plainStop, signals: [{ signal: 'SIGTERM' }], ending: null });
    expect(file?.signals).toHaveLength(1);
    await bench.stop(execution, { force: true });
    await bench.report(execution.executionId, 'ended');
  });

  it('the proof of the end tells of the signals that the predecessor had sent', async () => {
    const { execution, tree } = await leaveRunning();
    const sent = { signal: 'SIGTERM', at: '2026-01-01T00:00:00.000Z', processes: 3, answer: 'delivered' } as const;
    await bench.restart();
    const files = new ExecutionFiles(bench.home);
    files.write({ execution, stop: plainStop, signals: [sent], tree: tree.record, ending: null });
    await bench.restart();
    const { ending } = await bench.report(execution.executionId, 'ended');
    expect(ending).toMatchObject({
      reason: 'stopped',
      cancellationId: plainStop.cancellationId,
      evidence: { signals: [sent, { signal: 'SIGKILL' }], forced: true, peakProcesses: 3, survivors: 0 },
    });
  });
});

describe('a runner that gets no answer to its heartbeats', () => {
  const leaseMs = 1_500;
  let cutOff: Awaited<ReturnType<typeof runnerBench>>;
  beforeAll(async () => {
    cutOff = await runnerBench({ leaseMs });
  }, 60_000);
  afterAll(() => cutOff.end(), 60_000);

  it('ends its own trees before its lease is over, also those that do not help, and says why', async () => {
    const execution = identity(cutOff.runnerId);
    await cutOff.ask('start', startOf(execution, ['sh', '-c', 'trap "" TERM; while :; do sleep 1; done']));
    await cutOff.report(execution.executionId, 'started');
    cutOff.setAnswering(false);
    const { ending } = await cutOff.report(execution.executionId, 'ended');
    expect(ending).toMatchObject({ reason: 'lease-lost', cancellationId: null, evidence: { survivors: 0 } });
    const { provenGoneAt } = ending.evidence;
    expect(Date.parse(String(provenGoneAt))).toBeLessThan(cutOff.answeredAt() + leaseMs);
  });

  it('starts nothing until it has heard the runner-monitor again', async () => {
    const tried = identity(cutOff.runnerId);
    await expect(cutOff.ask('start', startOf(tried, ['sleep', '300']), 200)).rejects.toThrow('timeout');
    cutOff.setAnswering(true);
    await eventually(async () =>
      expect(await cutOff.ask('start', startOf(tried, ['true']), 200)).toEqual({ answer: 'accepted' }),
    );
    expect((await cutOff.report(tried.executionId, 'ended')).ending).toMatchObject({ reason: 'exited' });
  });
});
