import { describe, expect, it } from '@jest/globals';
import type { JobId } from '../ids.js';
import { specOf, stateAfter } from '../testing/given.js';
import { at, executionId, jobId, now, runnerId } from '../testing/jobs.js';
import { runnerDecider } from './decider.js';
import type { RunnerCommand, RunnerDescription, RunnerEvent } from './runner.js';

const given = specOf(runnerDecider);

const runner: RunnerDescription = {
  runnerId,
  host: 'box',
  bootId: 'boot-1',
  capacity: 4,
  containment: 'cgroup2',
  labels: {},
  slots: [],
  version: '0.1.0',
};

const register = (sessionId = 's1'): RunnerCommand => ({ type: 'RegisterRunner', runner, sessionId, at: now });
const lose: RunnerCommand = { type: 'LoseRunner', runnerId, lastHeardAt: at(30), at: now };
const hear: RunnerCommand = { type: 'HearRunner', runnerId, at: now };
const drain: RunnerCommand = { type: 'DrainRunner', runnerId, requestedBy: 'ada', at: now };
const quarantine: RunnerCommand = {
  type: 'QuarantineRunner',
  runnerId,
  executionId: executionId('a1'),
  survivors: 2,
  at: now,
};

const prove: RunnerCommand = { type: 'RecordSurvivorsGone', runnerId, executionId: executionId('a1'), at: now };
const trust: RunnerCommand = { type: 'TrustRunner', runnerId, requestedBy: 'ada', at: now };

const registered = (sessionId = 's1'): RunnerEvent => ({ type: 'RunnerRegistered', runner, sessionId, at: now });
const lost: RunnerEvent = { type: 'RunnerLost', runnerId, lastHeardAt: at(30), at: now };
const returned: RunnerEvent = { type: 'RunnerReturned', runnerId, at: now };
const drained: RunnerEvent = { type: 'RunnerDrained', runnerId, requestedBy: 'ada', at: now };
const quarantined: RunnerEvent = {
  type: 'RunnerQuarantined',
  runnerId,
  executionId: executionId('a1'),
  survivors: 2,
  at: now,
};
const gone: RunnerEvent = { type: 'RunnerSurvivorsGone', runnerId, executionId: executionId('a1'), at: now };
const orphan = { kind: 'process', executionId: executionId('a1') } as const;
const find: RunnerCommand = { type: 'RecordOrphanFound', runnerId, orphan, processes: 2, at: now };
const endIt: RunnerCommand = { type: 'RecordOrphanEnded', runnerId, orphan, at: now };
const found: RunnerEvent = { type: 'RunnerOrphanFound', runnerId, orphan, processes: 2, at: now };
const ended: RunnerEvent = { type: 'RunnerOrphanEnded', runnerId, orphan, at: now };
const workspace = { kind: 'workspace', jobId } as const;
const workspaceFound: RunnerEvent = { ...found, orphan: workspace };
const trusted: RunnerEvent = { type: 'RunnerTrusted', runnerId, requestedBy: 'ada', at: now };

describe('a runner', () => {
  it('registers', () => given().when(register()).then(registered()));
  it('registers once per session', () => given(registered()).when(register()).thenNothing());
  it('registers anew after a restart', () => given(registered()).when(register('s2')).then(registered('s2')));
  it('registers again in its session when it had been lost', () =>
    given(registered(), lost).when(register()).then(registered()));

  it('is lost when its lease is over', () => given(registered()).when(lose).then(lost));
  it('is lost once', () => given(registered(), lost).when(lose).thenNothing());
  it('returns when it is heard again', () => given(registered(), lost).when(hear).then(returned));
  it('says nothing new while it is heard', () => given(registered()).when(hear).thenNothing());

  it('is drained', () => given(registered()).when(drain).then(drained));
  it('is drained once', () => given(registered(), drained).when(drain).thenNothing());
  it('is drained also while it is lost', () => given(registered(), lost).when(drain).then(drained));
  it('is drained once while it is lost', () => given(registered(), lost, drained).when(drain).thenNothing());
  it('is not drained when it is quarantined, which is more', () =>
    given(registered(), quarantined).when(drain).thenNothing());

  it('is quarantined', () => given(registered()).when(quarantine).then(quarantined));
  it('is quarantined also when it is draining', () => given(registered(), drained).when(quarantine).then(quarantined));
  it('is quarantined once', () => given(registered(), quarantined).when(quarantine).thenNothing());
  it('is quarantined once while it is lost', () =>
    given(registered(), quarantined, lost).when(quarantine).thenNothing());

  it('is quarantined by each execution that cannot be killed', () =>
    given(registered(), quarantined)
      .when({ ...quarantine, executionId: executionId('b1') })
      .then({ ...quarantined, executionId: executionId('b1') }));
  it('is told of the proof that they are gone', () => given(registered(), quarantined).when(prove).then(gone));
  it('is told of it once', () => given(registered(), quarantined, gone).when(prove).thenNothing());
  it('is not told of what it was not quarantined for', () => given(registered()).when(prove).thenNothing());
  it('is trusted by word', () => given(registered(), quarantined).when(trust).then(trusted));
  it('needs no word when it is not quarantined', () => given(registered(), drained).when(trust).thenNothing());

  it('is told of an orphan', () => given(registered()).when(find).then(found));
  it('is told of it once while it is there', () => given(registered(), found).when(find).thenNothing());
  it('is told of one of another kind', () =>
    given(registered(), found)
      .when({ ...find, orphan: { ...orphan, kind: 'containment' } })
      .then({ ...found, orphan: { ...orphan, kind: 'containment' } }));
  it('is told of the workspace of a job as well', () =>
    given(registered(), found)
      .when({ ...find, orphan: workspace })
      .then({ ...found, orphan: workspace }));
  it('is told once of a workspace while it is there', () =>
    given(registered(), workspaceFound)
      .when({ ...find, orphan: workspace })
      .thenNothing());
  it('is told that a workspace is gone', () =>
    given(registered(), workspaceFound)
      .when({ ...endIt, orphan: workspace })
      .then({ ...ended, orphan: workspace }));
  it('is not told that a workspace is gone when that of another job is', () =>
    given(registered(), workspaceFound)
      .when({ ...endIt, orphan: { ...workspace, jobId: 'job_2' as JobId } })
      .thenNothing());
  it('is told that it is ended', () => given(registered(), found).when(endIt).then(ended));
  it('is not told of the end of what nobody had found', () => given(registered()).when(endIt).thenNothing());
  it('is told of it again when it is found again', () => given(registered(), found, ended).when(find).then(found));
  it('has no orphans in a new session, which looks anew', () =>
    given(registered(), found, registered('s2')).when(find).then(found));
  it('keeps them in its session when it had been lost', () =>
    given(registered(), found, lost, registered()).when(find).thenNothing());

  it.each([lose, hear, drain, quarantine, prove, trust, find, endIt])(
    'that never registered is refused: $type',
    (command) => given().when(command).thenRejected('runner-not-found'),
  );
});

describe('the quarantine of a runner', () => {
  const other = { ...quarantined, executionId: executionId('b1') } as RunnerEvent;
  const statusAfter = (...events: RunnerEvent[]): string => stateAfter(runnerDecider, [registered(), ...events]).status;

  it('ends with the last proof', () => {
    expect(statusAfter(quarantined, other, gone)).toBe('quarantined');
    expect(statusAfter(quarantined, gone)).toBe('ready');
  });
  it('ends by word, whatever is unproven', () => expect(statusAfter(quarantined, other, trusted)).toBe('ready'));
  it('leaves it draining when it was drained', () => expect(statusAfter(drained, quarantined, gone)).toBe('draining'));
  it('ends while it is lost, unseen', () => expect(statusAfter(quarantined, lost, gone)).toBe('lost'));
  it('goes on in a new session that says so', () =>
    expect(
      statusAfter({ ...registered('s2'), runner: { ...runner, unproven: [executionId('a1')] } } as RunnerEvent),
    ).toBe('quarantined'));
});

describe('the status of a runner', () => {
  const statusAfter = (...events: RunnerEvent[]): string => stateAfter(runnerDecider, events).status;

  it('is unknown until it registers', () => expect(statusAfter(lost, returned)).toBe('unknown'));
  it('is ready after it registered', () => expect(statusAfter(registered())).toBe('ready'));
  it('is lost whatever it was', () => expect(statusAfter(registered(), quarantined, lost)).toBe('lost'));
  it('is ready again after it returned', () => expect(statusAfter(registered(), lost, returned)).toBe('ready'));
  it('is draining again after it returned', () =>
    expect(statusAfter(registered(), drained, lost, returned)).toBe('draining'));
  it('is quarantined again after it registered in the same session', () =>
    expect(statusAfter(registered(), quarantined, lost, registered())).toBe('quarantined'));
  it('stays lost while it is drained', () => expect(statusAfter(registered(), lost, drained)).toBe('lost'));
  it('is draining when it was drained while it was lost', () =>
    expect(statusAfter(registered(), lost, drained, returned)).toBe('draining'));
  it('is ready in a new session', () => expect(statusAfter(registered(), quarantined, registered('s2'))).toBe('ready'));
});
