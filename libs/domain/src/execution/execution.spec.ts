import { describe, expect, it } from '@jest/globals';
import { ending, evidence, execution, exited, unproven } from '../testing/executions.js';
import { specOf, stateAfter } from '../testing/given.js';
import { at, cancellationId, executionId, jobId, now, otherCancellationId } from '../testing/jobs.js';
import { executionDecider } from './decider.js';
import type { ExecutionCommand, ExecutionEnding, ExecutionEvent, SignalEvidence, StopRequest } from './execution.js';

const given = specOf(executionDecider);

const identity = execution('a');
const stale = execution('a', { fencingToken: 6 });
const stop: StopRequest = { cancellationId, signal: 'SIGTERM', signalTo: 'tree', gracePeriodMs: 5_000, force: false };
const ownStop: StopRequest = { ...stop, cancellationId: null };
const signal = (name: SignalEvidence['signal'], time = at(10)): SignalEvidence => ({
  signal: name,
  at: time,
  processes: 3,
  answer: 'delivered',
});

const started: ExecutionEvent = {
  type: 'ExecutionStarted',
  execution: identity,
  containment: 'cgroup2',
  pid: 42,
  at: now,
};
const stopRequested = (asked = stop): ExecutionEvent => ({
  type: 'ExecutionStopRequested',
  execution: identity,
  stop: asked,
  at: now,
});
const signalled = (sent: SignalEvidence, by: typeof cancellationId | null = cancellationId): ExecutionEvent => ({
  type: sent.signal === 'SIGKILL' ? 'ExecutionForceKilled' : 'ExecutionSignalled',
  executionId: executionId('a1'),
  jobId,
  cancellationId: by,
  evidence: sent,
  at: now,
});
const ended = (how: ExecutionEnding = exited(0)): ExecutionEvent => ({
  type: 'ExecutionEnded',
  execution: identity,
  ending: how,
  at: now,
});
const fenced: ExecutionEvent = { type: 'ExecutionFenced', execution: identity, at: now };

const recordStarted: ExecutionCommand = {
  type: 'RecordStarted',
  execution: identity,
  containment: 'cgroup2',
  pid: 42,
  at: now,
};
const requestStop = (asked = stop): ExecutionCommand => ({
  type: 'RequestStop',
  execution: identity,
  stop: asked,
  at: now,
});
const recordSignal = (sent: SignalEvidence): ExecutionCommand => ({
  type: 'RecordSignal',
  execution: identity,
  evidence: sent,
  at: now,
});
const recordEnded = (how: ExecutionEnding = exited(0)): ExecutionCommand => ({
  type: 'RecordEnded',
  execution: identity,
  ending: how,
  at: now,
});
const fence: ExecutionCommand = { type: 'FenceExecution', execution: identity, at: now };

describe('the start of an execution', () => {
  it('is recorded', () => given().when(recordStarted).then(started));
  it('is recorded also when a stop was asked for before', () =>
    given(stopRequested()).when(recordStarted).then(started));
  it('is nothing new when it is repeated', () => given(started).when(recordStarted).thenNothing());
  it('is nothing new when it is repeated after a stop', () =>
    given(stopRequested(), started).when(recordStarted).thenNothing());
  it('is nothing new once the execution was fenced', () => given(fenced).when(recordStarted).thenNothing());
  it('is nothing new once the end is known', () => given(ended()).when(recordStarted).thenNothing());
  it('leaves an execution that is to be stopped terminating', () =>
    expect(stateAfter(executionDecider, [stopRequested(), started])).toMatchObject({
      status: 'terminating',
      startedAt: now,
      containment: 'cgroup2',
      stop,
    }));
});

describe('asking for a stop', () => {
  it('is recorded while the execution runs', () => given(started).when(requestStop()).then(stopRequested()));
  it('is recorded before the start is known', () => given().when(requestStop()).then(stopRequested()));
  it('is nothing new when it is repeated', () => given(started, stopRequested()).when(requestStop()).thenNothing());
  it('is strengthened by force', () =>
    given(started, stopRequested())
      .when(requestStop({ ...stop, force: true }))
      .then(stopRequested({ ...stop, force: true })));
  it('is strengthened by a shorter grace', () =>
    given(started, stopRequested())
      .when(requestStop({ ...stop, gracePeriodMs: 100 }))
      .then(stopRequested({ ...stop, gracePeriodMs: 100 })));
  it('is never weakened', () =>
    given(started, stopRequested({ ...stop, force: true }))
      .when(requestStop({ ...stop, gracePeriodMs: 60_000 }))
      .thenNothing());
  it('keeps the force when only the grace shrinks', () =>
    given(started, stopRequested({ ...stop, force: true }))
      .when(requestStop({ ...stop, gracePeriodMs: 100 }))
      .then(stopRequested({ ...stop, force: true, gracePeriodMs: 100 })));
  it('keeps the first cancellation on record', () =>
    given(started, stopRequested())
      .when(requestStop({ ...stop, cancellationId: otherCancellationId, force: true }))
      .then(stopRequested({ ...stop, force: true })));
  it('gives a stop of the system’s own the cancellation that comes', () =>
    given(started, stopRequested(ownStop)).when(requestStop()).then(stopRequested()));
  it('is nothing new once the execution was fenced', () => given(started, fenced).when(requestStop()).thenNothing());
  it('is nothing new once the execution has ended', () => given(started, ended()).when(requestStop()).thenNothing());
});

describe('a signal', () => {
  it('is recorded in the name of the cancellation', () =>
    given(started, stopRequested())
      .when(recordSignal(signal('SIGTERM')))
      .then(signalled(signal('SIGTERM'))));
  it('is recorded also when it overtook the request', () =>
    given(started)
      .when(recordSignal(signal('SIGTERM')))
      .then(signalled(signal('SIGTERM'), null)));
  it('is a forced kill when it is SIGKILL', () =>
    given(started, stopRequested())
      .when(recordSignal(signal('SIGKILL')))
      .then({
        type: 'ExecutionForceKilled',
        executionId: executionId('a1'),
        jobId,
        cancellationId,
        evidence: signal('SIGKILL'),
        at: now,
      }));
  it('is recorded of a fenced execution: its runner came back', () =>
    given(started, stopRequested(), fenced)
      .when(recordSignal(signal('SIGTERM')))
      .then(signalled(signal('SIGTERM'))));
  it('is nothing new when it is repeated', () =>
    given(started, signalled(signal('SIGTERM')))
      .when(recordSignal(signal('SIGTERM')))
      .thenNothing());
  it('is another one at another time', () =>
    given(started, signalled(signal('SIGTERM'), null))
      .when(recordSignal(signal('SIGTERM', at(11))))
      .then(signalled(signal('SIGTERM', at(11)), null)));
  it('is nothing new once the end, which holds every signal, is known', () =>
    given(started, ended())
      .when(recordSignal(signal('SIGTERM')))
      .thenNothing());
  it('is refused of an execution nobody knows', () =>
    given()
      .when(recordSignal(signal('SIGTERM')))
      .thenRejected('execution-not-found'));
});

describe('the end of an execution', () => {
  it('is recorded while it runs', () => given(started).when(recordEnded()).then(ended()));
  it('is recorded while it is being stopped', () => given(started, stopRequested()).when(recordEnded()).then(ended()));
  it('is recorded when it never started', () => {
    const never = ending('stopped', { started: false, evidence: evidence({ provenGoneAt: null }) });
    given(stopRequested()).when(recordEnded(never)).then(ended(never));
  });
  it('is recorded of an execution nobody heard of', () => given().when(recordEnded()).then(ended()));
  it('is recorded after the execution was fenced: its runner came back', () =>
    given(started, fenced).when(recordEnded()).then(ended()));
  it('is nothing new when it is repeated', () => given(started, ended()).when(recordEnded()).thenNothing());
  it('does not change once it is proven', () =>
    given(started, ended())
      .when(recordEnded(exited(1)))
      .thenNothing());
  it('is proven later when processes were left at first', () =>
    given(started, ended(ending('stopped', { evidence: unproven })))
      .when(recordEnded(ending('stopped')))
      .then(ended(ending('stopped'))));
  it('is nothing new when it is unproven again', () =>
    given(started, ended(ending('stopped', { evidence: unproven })))
      .when(recordEnded(ending('stopped', { evidence: unproven })))
      .thenNothing());
  it('tells of the signals that were not told before it, and of no other twice', () => {
    const [polite, hard] = [signal('SIGTERM'), signal('SIGKILL', at(20))];
    const both = ending('stopped', { cancellationId, evidence: evidence({ signals: [polite, hard] }) });
    given(started, stopRequested(), signalled(polite))
      .when(recordEnded(both))
      .then({ ...signalled(hard), at: at(20) }, ended(both));
  });
});

describe('fencing an execution', () => {
  it('is recorded while it runs', () => given(started).when(fence).then(fenced));
  it('is recorded before its start was heard of', () => given().when(fence).then(fenced));
  it('is recorded while it is being stopped', () => given(started, stopRequested()).when(fence).then(fenced));
  it('is nothing new when it is repeated', () => given(started, fenced).when(fence).thenNothing());
  it('is nothing new once the execution has ended', () => given(started, ended()).when(fence).thenNothing());
});

describe('a report with another fencing token', () => {
  const noted = (report: string): ExecutionEvent => ({
    type: 'StaleReportNoted',
    executionId: executionId('a1'),
    report,
    fencingToken: 6,
    at: now,
  });
  const staleEnd: ExecutionCommand = { type: 'RecordEnded', execution: stale, ending: exited(0), at: now };

  it('is noted, and changes nothing else, when the token is smaller', () =>
    given(started).when(staleEnd).then(noted('RecordEnded')));
  it('is noted once', () => given(started, noted('RecordEnded')).when(staleEnd).thenNothing());
  it('is noted once for every kind of report', () =>
    given(started, noted('RecordStarted')).when(staleEnd).then(noted('RecordEnded')));
  it('is refused when the token is greater', () =>
    given(started)
      .when({ ...fence, execution: execution('a', { fencingToken: 8 }) })
      .thenRejected('stale-token'));
});

describe('an execution nobody knows', () => {
  it.each([
    signalled(signal('SIGTERM')),
    {
      type: 'StaleReportNoted',
      executionId: executionId('a1'),
      report: 'RecordEnded',
      fencingToken: 6,
      at: now,
    } satisfies ExecutionEvent,
  ])('stays unknown after $type', (event) =>
    expect(stateAfter(executionDecider, [event])).toStrictEqual({ status: 'unknown' }),
  );
});
