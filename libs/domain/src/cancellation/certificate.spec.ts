import { describe, expect, it } from '@jest/globals';
import type { ArtifactRecord } from '../cleanup/cleanup.js';
import {
  blockedFacts,
  heldSlot,
  look,
  ofJob,
  ofTask,
  recordBlocked,
  recordCleanup,
  recordFacts,
  recordFailure,
  recordFencing,
  recordTermination,
  recordVerification,
  report,
  request,
  settledFacts,
  stateOf,
  target,
  taskFacts,
  times,
  untilBlock,
  untilCompleted,
  untilSideBySide,
  untilTerminate,
} from '../testing/cancellations.js';
import { ending, evidence, execution } from '../testing/executions.js';
import { at, cancellationId, otherCancellationId, taskId } from '../testing/jobs.js';
import type { CancellationCommand } from './cancellation-command.js';
import type { TaskFacts } from './cancellation.js';
import type { Certificate } from './certificate.js';

function certificateAfter(...commands: CancellationCommand[]): Certificate {
  const state = stateOf(...commands);
  if (state.status === 'unknown' || !state.certificate) throw new Error('no certificate');
  return state.certificate;
}
const twoCleanLooks = recordVerification(look(51), look(52));
const completedWith = (...terminations: CancellationCommand[]): Certificate =>
  certificateAfter(...untilTerminate, ...terminations, recordFacts(), recordCleanup(), twoCleanLooks);

describe('a certificate', () => {
  it('says who asked, why, what was done and what was checked afterwards', () =>
    expect(certificateAfter(...untilCompleted)).toStrictEqual({
      cancellationId,
      outcome: 'completed',
      target: ofJob,
      requestedBy: 'ada',
      reason: { code: 'user-request', text: 'enough' },
      requestedAt: at(0),
      acknowledgedAfterMs: 4,
      lastProcessGoneAfterMs: 50_000,
      completedAfterMs: 60_000,
      tasks: { cancelled: 2, neverStarted: 1, completedBefore: 0, failedBefore: 0, skipped: 0 },
      executions: [
        {
          executionId: 'exe_train1',
          task: 'train',
          runner: 'run_1',
          containment: 'cgroup2',
          assurance: 'kernel',
          signals: [],
          forced: false,
          exit: { code: null, signal: 'SIGTERM' },
          started: true,
          peakProcesses: 3,
          survivors: 0,
          provenGoneAt: at(50),
        },
      ],
      slots: { released: 1, held: 0 },
      artifacts: { kept: 0, quarantined: 0, deleted: 0, filesRemoved: 4, bytesFreed: 2_048 },
      verification: { passes: 2, survivors: 0, heldSlots: 0, openStates: 0, leftFiles: 0 },
      traceId: 'trace-1',
      streamHash: 'sha256:beef',
    }));

  it('tells what was cancelled from what had ended before', () => {
    const facts: TaskFacts[] = [
      taskFacts('train', 'cancelling'),
      taskFacts('evaluate', 'cancelled', { neverStarted: true }),
      taskFacts('fetch', 'completed'),
      taskFacts('probe', 'failed'),
      taskFacts('report', 'skipped'),
      taskFacts('other', 'cancelled', { cancellationId: otherCancellationId }),
    ];
    expect(
      certificateAfter(...untilBlock, recordBlocked(blockedFacts({ tasks: facts })), recordFencing()).tasks,
    ).toStrictEqual({ cancelled: 2, neverStarted: 1, completedBefore: 1, failedBefore: 1, skipped: 1 });
  });

  it.each([ofJob, ofTask])('says what had happened when it came too late to block anything: $kind', (target) => {
    const facts = settledFacts({ status: 'completed', tasks: [taskFacts('train', 'completed')], executions: [] });
    const certificate = certificateAfter(
      request(target),
      recordBlocked(facts, []),
      recordFacts(facts),
      recordCleanup(),
      twoCleanLooks,
    );
    expect(certificate.tasks).toMatchObject({ cancelled: 0, completedBefore: 1 });
  });

  it('says what became of tasks that depend on the cancelled one and were left alone', () => {
    const blocked = { ...recordBlocked(), spared: [{ taskId: taskId('publish'), key: 'publish', fate: 'skipped' }] };
    const certificate = certificateAfter(
      request(ofTask),
      // Cast: the spread of a union of commands.
      blocked as ReturnType<typeof recordBlocked>,
      recordFencing(),
    );
    expect(certificate.spared).toStrictEqual([{ task: 'publish', fate: 'skipped' }]);
  });

  it('counts a task whose start a tombstone refused as never started', () => {
    const tombstone = ending('stopped', { cancellationId, started: false });
    expect(completedWith(recordTermination('train', tombstone)).tasks).toMatchObject({ neverStarted: 2 });
  });

  it('does not count a task whose first attempt ran as never started', () => {
    const second = execution('train', { attempt: 2 });
    const certificate = certificateAfter(
      ...untilBlock,
      recordBlocked(blockedFacts({ executions: [target('train', { execution: second })] })),
      recordTermination('train', ending('stopped', { started: false }), second),
      recordFacts(),
      recordCleanup(),
      twoCleanLooks,
    );
    expect(certificate.tasks).toMatchObject({ neverStarted: 1 });
  });

  it('counts artifacts by what became of them', () => {
    const artifact = (policy: ArtifactRecord['policy']): ArtifactRecord => ({
      taskId: taskId('train'),
      path: `${policy}.bin`,
      bytes: 1,
      digest: 'sha256:0',
      policy,
      location: null,
    });
    const artifacts = [artifact('keep'), artifact('keep'), artifact('quarantine'), artifact('delete')];
    const certificate = certificateAfter(
      ...untilSideBySide,
      recordFacts(),
      recordCleanup({ ...report, artifacts }),
      twoCleanLooks,
    );
    expect(certificate.artifacts).toStrictEqual({
      kept: 2,
      quarantined: 1,
      deleted: 1,
      filesRemoved: 4,
      bytesFreed: 2_048,
    });
  });

  it('has no negative times when hosts’ clocks disagree', () => {
    const early = ending('stopped', { evidence: evidence({ provenGoneAt: at(-3) }) });
    expect(completedWith(recordTermination('train', early))).toMatchObject({ lastProcessGoneAfterMs: 0 });
  });
});

describe('when the last process was gone', () => {
  const goneAt = (second: number | null) =>
    ending('stopped', { evidence: evidence({ provenGoneAt: second === null ? null : at(second) }) });
  const lastGone = (train: number | null, evaluate: number | null): number | null =>
    certificateAfter(
      ...untilBlock,
      recordBlocked(blockedFacts({ executions: [target('train'), target('evaluate')] })),
      recordTermination('train', goneAt(train)),
      recordTermination('evaluate', goneAt(evaluate)),
      recordFacts(),
      recordCleanup(),
      twoCleanLooks,
    ).lastProcessGoneAfterMs;

  it('is the latest of all', () => expect(lastGone(30, 20)).toBe(30_000));
  it('is not said while one of them is not proven gone', () => expect(lastGone(30, null)).toBeNull());

  it('is not said when nothing ran', () =>
    expect(completedWith(recordTermination('train', ending('stopped', { started: false })))).toMatchObject({
      lastProcessGoneAfterMs: null,
    }));
});

describe('an interim certificate', () => {
  it('says of a fenced execution that nothing is known', () => {
    const certificate = certificateAfter(...untilTerminate, recordFencing());
    expect(certificate).toMatchObject({
      outcome: 'unconfirmed',
      lastProcessGoneAfterMs: null,
      executions: [{ assurance: 'unconfirmed', containment: null, provenGoneAt: null }],
      slots: { released: 0, held: 1 },
      verification: { passes: 0 },
    });
  });

  it('says which slots are free already', () =>
    expect(
      certificateAfter(...untilSideBySide, recordFacts(), ...times(8, recordFailure('clean'))).slots,
    ).toStrictEqual({ released: 1, held: 0 }));

  it('says what the second look found', () => {
    const looks = Array.from({ length: 8 }, (_, second) =>
      recordVerification(look(second, { heldSlots: 1, leftFiles: 2 })),
    );
    const certificate = certificateAfter(...untilSideBySide, recordFacts(), recordCleanup(), ...looks);
    expect(certificate).toMatchObject({
      outcome: 'partial',
      slots: { released: 0, held: 1 },
      verification: { passes: 0, survivors: 0, heldSlots: 1, openStates: 0, leftFiles: 2 },
    });
  });

  it('is empty where there is no plan yet', () =>
    expect(certificateAfter(...untilBlock, ...times(8, recordFailure('block-dispatch')))).toMatchObject({
      outcome: 'partial',
      tasks: { cancelled: 0 },
      executions: [],
      slots: { released: 0, held: 0 },
    }));

  it('names no trace where there was none', () =>
    expect(certificateAfter(...untilTerminate, recordFencing('train', null)).traceId).toBeNull());

  it('counts slots by their holders, whether the plan saw them held or not', () =>
    expect(
      certificateAfter(
        ...untilBlock,
        recordBlocked(blockedFacts({ heldSlots: [heldSlot('train'), heldSlot('train')] })),
        recordFencing(),
      ).slots,
    ).toStrictEqual({ released: 0, held: 1 }));
});
