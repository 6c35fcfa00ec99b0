import { describe, expect, it } from '@jest/globals';
import type {
  CancellationId,
  ExecutionEnding,
  ExecutionEvent,
  ExecutionId,
  ExecutionIdentity,
  JobId,
} from '@necrocode/domain';
import { Metrics } from '../define/metrics.js';
import { countExecutions } from './count-executions.js';

const at = '2026-01-01T00:00:00.000Z';
const cancellationId = 'can_1' as CancellationId;
// What is counted depends on none of its parts.
const execution = { executionId: 'exe_1', jobId: 'job_1' } as ExecutionIdentity;

const ending = (
  change: Partial<ExecutionEnding>,
  evidence: Partial<ExecutionEnding['evidence']> = {},
): ExecutionEvent => ({
  type: 'ExecutionEnded',
  execution,
  at,
  ending: {
    reason: 'stopped',
    exit: { code: null, signal: 'SIGTERM' },
    started: true,
    cancellationId,
    error: null,
    ...change,
    evidence: {
      containment: 'cgroup2',
      assurance: 'kernel',
      signals: [{ signal: 'SIGTERM', at, processes: 1, answer: 'delivered' }],
      forced: false,
      peakProcesses: 1,
      survivors: 0,
      passes: 1,
      provenGoneAt: at,
      ...evidence,
    },
  },
});

/** The series that are not 0 after these events. */
async function counted(...events: ExecutionEvent[]): Promise<string[]> {
  const metrics = new Metrics();
  const count = countExecutions(metrics);
  events.forEach(count);
  return (await metrics.exposition()).split('\n').filter((line) => /^\w.* [1-9]/.test(line));
}

describe('an execution that a cancellation ended', () => {
  it('is a terminated runner, gracefully or by force', async () => {
    expect(await counted(ending({}))).toContain('runners_terminated_total{how="graceful"} 1');
    expect(await counted(ending({}, { forced: true }))).toContain('runners_terminated_total{how="forced"} 1');
  });

  it('counts when it is proven gone, not before, and so once', async () => {
    const unproven = ending({}, { provenGoneAt: null, survivors: 2, forced: true });
    expect(await counted(unproven)).toEqual(['necrocode_execution_survivors_total 2']);
    const proven = ending({}, { forced: true });
    expect(await counted(unproven, proven)).toEqual(
      expect.arrayContaining([
        'runners_terminated_total{how="forced"} 1',
        'necrocode_executions_ended_total{reason="stopped"} 1',
      ]),
    );
  });

  it('has used up its grace period when SIGKILL came after another signal', async () => {
    const kill = { signal: 'SIGKILL', at, processes: 1, answer: 'delivered' } as const;
    const term = { ...kill, signal: 'SIGTERM' } as const;
    const late = 'cancellation_grace_timeouts_total 1';
    expect(await counted(ending({}, { forced: true, signals: [term, kill] }))).toContain(late);
    expect(await counted(ending({}, { forced: true, signals: [kill] }))).not.toContain(late);
  });

  it('is none when it had never started', async () =>
    expect(await counted(ending({ started: false }))).toEqual([
      'necrocode_executions_ended_total{reason="stopped"} 1',
    ]));
});

describe('an execution that nobody cancelled', () => {
  it('is only an ended execution', async () =>
    expect(await counted(ending({ cancellationId: null, reason: 'exited' }))).toEqual([
      'necrocode_executions_ended_total{reason="exited"} 1',
    ]));
});

describe('a signal', () => {
  const sent = (
    type: 'ExecutionSignalled' | 'ExecutionForceKilled',
    answer: string,
    by: CancellationId | null,
  ): ExecutionEvent => ({
    type,
    executionId: 'exe_1' as ExecutionId,
    jobId: 'job_1' as JobId,
    cancellationId: by,
    evidence: { signal: type === 'ExecutionSignalled' ? 'SIGTERM' : 'SIGKILL', at, processes: 1, answer },
    at,
  });

  it('counts with its answer; whatever the system refuses by is one answer', async () => {
    expect(await counted(sent('ExecutionSignalled', 'delivered', cancellationId))).toEqual([
      'cancellation_signals_total{signal="SIGTERM",answer="delivered"} 1',
    ]);
    expect(await counted(sent('ExecutionSignalled', 'EPERM', cancellationId))).toEqual([
      'cancellation_signals_total{signal="SIGTERM",answer="refused"} 1',
    ]);
  });

  it('that kills is a forced kill', async () =>
    expect(await counted(sent('ExecutionForceKilled', 'delivered', cancellationId))).toContain(
      'cancellation_forced_kills_total 1',
    ));

  it('of the system itself is no cancellation', async () =>
    expect(await counted(sent('ExecutionForceKilled', 'delivered', null))).toEqual([]));
});
