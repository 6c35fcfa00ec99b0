import { describe, expect, it } from '@jest/globals';
import { cancellationDecider, type Cancellation, type CancellationEvent } from '@necrocode/domain';
import { newId } from '@necrocode/service-kit';
import { presentCancellation } from './present-cancellation.js';

const at = (second: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
const requested: CancellationEvent[] = [
  {
    type: 'CancellationRequested',
    cancellationId: newId('can'),
    target: { kind: 'job', jobId: newId('job') },
    options: { force: false, gracePeriodMs: null, signal: null, artifacts: null },
    reason: { code: 'user-request', text: '' },
    requestedBy: 'user:spec',
    fingerprint: 'sha256:one',
    requestedAt: at(0),
    at: at(0),
  },
  { type: 'StepStarted', step: 'block-dispatch', at: at(0) },
];
const stalled: CancellationEvent[] = [
  { type: 'StepFailed', step: 'block-dispatch', attempt: 1, error: { code: 'no-progress', message: 'x' }, at: at(6) },
  { type: 'StepRetried', step: 'block-dispatch', attempt: 2, nextDriveAt: at(11), at: at(6) },
];

function shown(second: number, ...events: CancellationEvent[]) {
  const state = events.reduce(cancellationDecider.evolve, cancellationDecider.initial);
  if (state.status === 'unknown') throw new Error('no cancellation');
  const cancellation: Cancellation = state;
  return presentCancellation({ cancellation, version: events.length, executions: new Map() }, at(second));
}

describe('a cancellation with an undo window', () => {
  const [first] = requested;
  const held = [{ ...first, undoWindowMs: 30_000 } as CancellationEvent];

  it('shows until when it can be undone, and what is not held yet', () =>
    expect(shown(10, ...held)).toMatchObject({
      stalled: false,
      undo: { until: at(30), phase: 'holding', parkedTasks: null },
      waitingFor: ['the dispatcher to park the tasks', `the undo window to end at ${at(30)}`],
      actions: [{ action: 'fetch-certificate' }, { action: 'undo', possible: true, because: null }],
    }));

  it('cannot be undone any more when its time is over', () =>
    expect(shown(30, ...held).actions).toContainEqual({
      action: 'undo',
      possible: false,
      because: 'the undo window is over',
    }));

  it('that was undone says so, and is neither stalled nor certified', () => {
    const undone: CancellationEvent[] = [
      { type: 'UndoRequested', requestedBy: 'user:spec', at: at(5) },
      { type: 'TasksReleased', at: at(5) },
      { type: 'CancellationUndone', at: at(5) },
    ];
    expect(shown(600, ...held, ...undone)).toMatchObject({
      status: 'undone',
      word: 'undone',
      stalled: false,
      waitingFor: [],
      certificate: null,
      endedAt: at(5),
    });
  });
});

describe('a cancellation that waits', () => {
  it('is not stalled at first', () =>
    expect(shown(4, ...requested)).toMatchObject({ stalled: false, nextDrive: null, lastEvidenceAt: at(0) }));

  it('is stalled when nothing has changed for long, whatever was tried', () =>
    expect(shown(7, ...requested, ...stalled)).toMatchObject({
      stalled: true,
      lastEvidenceAt: at(0),
      waitingFor: ['the dispatcher to block new starts (last error: no-progress)'],
      nextDrive: { at: at(11), attempt: 2 },
    }));

  it('does not promise a drive whose time is over', () =>
    expect(shown(12, ...requested, ...stalled)).toMatchObject({ stalled: true, nextDrive: null }));
});
