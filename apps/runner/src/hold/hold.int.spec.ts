import { readFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { HoldReply } from '@necrocode/contracts';
import type { ExecutionIdentity } from '@necrocode/domain';
import { idOf } from '@necrocode/service-kit';
import { eventually } from '@necrocode/testing';
import { identity, runnerBench } from '../testing/runner-bench.js';

let bench: Awaited<ReturnType<typeof runnerBench>>;
beforeAll(async () => {
  bench = await runnerBench();
});
afterAll(() => bench.end());

const newCancellation = () => idOf('can', randomUUID());
const hold = async (kind: 'freeze' | 'thaw', execution: ExecutionIdentity, cancellationId: string) =>
  (await bench.ask<HoldReply>(kind, { executions: [execution], cancellationId })).answers[0]?.answer;
const outputOf = ({ executionId }: ExecutionIdentity) =>
  bench.output.filter((chunk) => chunk.executionId === executionId).map(({ text }) => text);

/** Says `tick` for as long as it is let. */
const TICKING = ['sh', '-c', 'while :; do echo tick; sleep 0.01; done'];
const ticking = async () => {
  const execution = identity(bench.runnerId);
  await bench.start(execution, TICKING);
  await eventually(() => expect(outputOf(execution).length).toBeGreaterThan(2));
  return execution;
};
const pidOf = async ({ executionId }: ExecutionIdentity) => (await bench.report(executionId, 'started')).pid;

describe('freezing', () => {
  it('makes everything stand still, tells of it once, and thawing lets it go on to its own end', async () => {
    const execution = await ticking();
    const cancellationId = newCancellation();
    expect(await hold('freeze', execution, cancellationId)).toBe('frozen');
    expect(await hold('freeze', execution, cancellationId)).toBe('frozen');
    const report = await bench.report(execution.executionId, 'frozen');
    expect(report).toMatchObject({ cancellationId });
    expect(report.processes).toBeGreaterThanOrEqual(1);
    expect(await hold('thaw', execution, cancellationId)).toBe('thawed');
    expect(await hold('thaw', execution, cancellationId)).toBe('thawed');
    await bench.report(execution.executionId, 'thawed');
    const said = outputOf(execution).length;
    await eventually(() => expect(outputOf(execution).length).toBeGreaterThan(said + 2));
    await bench.stop(execution);
    await bench.report(execution.executionId, 'ended');
    const kinds = bench.reports.filter((each) => each.execution.executionId === execution.executionId);
    expect(kinds.map(({ kind }) => kind).filter((kind) => kind !== 'signalled')).toEqual([
      'started',
      'frozen',
      'thawed',
      'ended',
    ]);
  });

  it('lasts until every cancellation that holds it has let go', async () => {
    const execution = await ticking();
    const [one, other] = [newCancellation(), newCancellation()];
    await hold('freeze', execution, one);
    await hold('freeze', execution, other);
    await hold('thaw', execution, one);
    expect(
      bench.reports.some((each) => each.kind === 'thawed' && each.execution.executionId === execution.executionId),
    ).toBe(false);
    expect(await hold('freeze', execution, one)).toBe('refused'); // Late: it has let go.
    await hold('thaw', execution, other);
    await bench.report(execution.executionId, 'thawed');
    await bench.stop(execution);
    await bench.report(execution.executionId, 'ended');
  });

  it('lets a stop through: the graceful signal is seen at once, and no freeze comes after it', async () => {
    const execution = await ticking();
    await hold('freeze', execution, newCancellation());
    await bench.stop(execution);
    expect(await hold('freeze', execution, newCancellation())).not.toBe('frozen');
    const { ending } = await bench.report(execution.executionId, 'ended');
    expect(ending).toMatchObject({ reason: 'stopped', evidence: { forced: false, survivors: 0 } });
  });

  it('stands in front of a start that comes later: nothing of it runs before the thaw', async () => {
    const execution = identity(bench.runnerId);
    const cancellationId = newCancellation();
    expect(await hold('freeze', execution, cancellationId)).toBe('marked');
    await bench.start(execution, ['sh', '-c', 'echo ran']);
    expect(await hold('freeze', execution, cancellationId)).toBe('marked');
    expect(bench.reports.some(({ execution: { executionId } }) => executionId === execution.executionId)).toBe(false);
    await hold('thaw', execution, cancellationId);
    expect((await bench.report(execution.executionId, 'ended')).ending).toMatchObject({ reason: 'exited' });
  });

  it('lets a stop through to what waits in front of its start: not one instruction of it runs', async () => {
    const execution = identity(bench.runnerId);
    await hold('freeze', execution, newCancellation());
    await bench.start(execution, ['sh', '-c', 'echo ran']);
    await bench.stop(execution);
    const { ending } = await bench.report(execution.executionId, 'ended');
    expect(ending).toMatchObject({ reason: 'stopped', started: false });
    expect(outputOf(execution)).toEqual([]);
  });

  it('takes none of the time a task may run', async () => {
    const execution = identity(bench.runnerId);
    const cancellationId = newCancellation();
    await hold('freeze', execution, cancellationId);
    await bench.start(execution, TICKING, { timeoutMs: 1_500 });
    await hold('thaw', execution, cancellationId);
    await bench.report(execution.executionId, 'started');
    expect(await hold('freeze', execution, newCancellation())).toBe('frozen');
    const other = identity(bench.runnerId);
    await bench.start(other, TICKING, { timeoutMs: 2_000 });
    // A task that began later and has longer is timed out first.
    expect((await bench.report(other.executionId, 'ended')).ending.reason).toBe('timed-out');
    expect(
      bench.reports.some((each) => each.kind === 'ended' && each.execution.executionId === execution.executionId),
    ).toBe(false);
    const pid = await pidOf(execution);
    expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).not.toBe('');
    await bench.stop(execution);
    expect((await bench.report(execution.executionId, 'ended')).ending.reason).toBe('stopped');
  });

  it('is over with what has ended', async () => {
    const execution = identity(bench.runnerId);
    await bench.start(execution, ['true']);
    await bench.report(execution.executionId, 'ended');
    await eventually(async () => expect(await hold('freeze', execution, newCancellation())).toBe('ended'));
  });
});
