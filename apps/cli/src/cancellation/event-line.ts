import type { CloudEvent } from '@necrocode/contracts';
import { colours } from '../terminal/terminal.js';

type Data = Readonly<Record<string, unknown>>;

/** One line for an event of a cancellation, in truthful words; null for events that say nothing to a person. Pure. */
export function eventLine(event: Pick<CloudEvent, 'eventtype' | 'time' | 'data'>, requestedAt: number): string | null {
  const text = describe(event.eventtype, (event.data ?? {}) as Data);
  if (text === null) return null;
  const after = `+${((Date.parse(event.time) - requestedAt) / 1_000).toFixed(3)}s`;
  return `${colours.dim(after.padStart(9))}  ${text}`;
}

function describe(type: string, data: Data): string | null {
  switch (type) {
    case 'CancellationRequested':
      return `${colours.yellow('requested')}  by ${word(data['requestedBy'])}`;
    case 'CancellationUpgraded':
      return `${colours.yellow('upgraded')}  by ${word(data['requestedBy'])}`;
    case 'CancellationPlanned': {
      const {
        tasks = [],
        executions = [],
        slots = [],
        spared = [],
      } = (data['plan'] ?? {}) as Record<string, unknown[]>;
      const alone = spared.length === 0 ? '' : `, ${spared.length} left alone`;
      return `plan       ${tasks.length} tasks, ${executions.length} executions to end, ${slots.length} slots to free${alone}`;
    }
    case 'StepCompleted':
      return data['step'] === 'plan'
        ? null
        : `${colours.green('done')}       ${word(data['step'])}${evidence(data['evidence'])}`;
    case 'StepFailed':
      if ((data['error'] as Data | undefined)?.['code'] === 'no-progress')
        return `${colours.red('stalled')}    ${word(data['step'])}: ${word((data['error'] as Data | undefined)?.['message'])} (attempt ${word(data['attempt'])})`;
      return `${colours.red('failed')}     ${word(data['step'])}: ${word((data['error'] as Data | undefined)?.['message'])} (attempt ${word(data['attempt'])}; trying again)`;
    case 'StepRetried':
      return typeof data['nextDriveAt'] === 'string'
        ? colours.dim(
            `next       ${word(data['step'])} is tried again at ${data['nextDriveAt']} (attempt ${word(data['attempt'])})`,
          )
        : null;
    case 'TasksHeld': {
      const [tasks, executions] = [data['taskIds'], data['executions']].map((list) => (list as unknown[]).length);
      return `held       ${tasks} tasks parked, ${executions} executions to stand still`;
    }
    case 'ExecutionFrozen':
      return `frozen     ${word(data['executionId'])}: ${word(data['processes'])} processes stand still`;
    case 'ExecutionThawed':
      return `thawed     ${word(data['executionId'])} goes on`;
    case 'UndoWindowClosed':
      return `${colours.yellow('window')}     ${data['because'] === 'forced' ? 'ended by a request for force' : 'over'}: it is carried out now`;
    case 'UndoRequested':
      return `${colours.yellow('undo')}       by ${word(data['requestedBy'])}`;
    case 'CancellationUndone':
      return colours.green('undone     everything that was held goes on');
    case 'ExecutionSignalled':
      return signalled('stopping', data);
    case 'ExecutionForceKilled':
      return signalled(colours.red('forced'), data);
    case 'ExecutionEnded':
      return ended(data);
    case 'ExecutionFenced':
      return `${colours.red('fenced')}     the runner is silent; its lease is over`;
    case 'SlotFreed':
      return `slot free  ${word(data['slotId'])}`;
    case 'FinalizersRecorded': {
      const ran = (data['finalizers'] ?? []) as readonly Data[];
      return `finalized  ${ran.map(({ task, status }) => `${word(task)} ${word(status)}`).join(', ')}`;
    }
    case 'VerificationPassed':
      return `looked     nothing left`;
    case 'VerificationFailed':
      return `${colours.red('looked')}     something is left${evidence(data['pass'])}`;
    case 'CancellationCompleted':
      return colours.green('cancelled  with a certificate');
    case 'CancellationLeftPartial':
      return colours.yellow('partial    something is left; still being driven');
    case 'CancellationLeftUnconfirmed':
      return colours.yellow('unconfirmed  it cannot be known whether something is left; still being driven');
    default:
      return describeBulk(type, data);
  }
}

function describeBulk(type: string, data: Data): string | null {
  const count = (name: string): number => ((data[name] ?? []) as readonly unknown[]).length;
  switch (type) {
    case 'BulkRequested': {
      const { targets, waiting, started } = (data['plan'] ?? {}) as Data;
      return `${colours.yellow('requested')}  by ${word(data['requestedBy'])}: ${word(targets)} jobs, ${word(waiting)} waiting, ${word(started)} begun`;
    }
    case 'BulkChunkDequeued':
      return `dequeued   ${word(data['dequeued'])} jobs never start; ${count('started')} had begun, ${count('ended')} had ended`;
    case 'BulkMembersOpened':
      return `opened     cancellations of ${count('members')} jobs that have begun`;
    case 'BulkMembersSettled':
      return `settled    ${count('members')} cancellations of single jobs`;
    case 'BulkAborted':
      return `${colours.yellow('aborted')}    by ${word(data['requestedBy'])}`;
    case 'BulkConcluded':
      return colours.green(`concluded  ${word(((data['certificate'] ?? {}) as Data)['outcome'])}, with a certificate`);
    default:
      return null;
  }
}

function signalled(what: string, data: Data): string {
  const { signal, processes, answer } = (data['evidence'] ?? {}) as Data;
  const count = Number(processes);
  return `${what}   ${word(signal)} to ${count} process${count === 1 ? '' : 'es'} of ${word(data['executionId'])} (${word(answer)})`;
}

function ended(data: Data): string {
  const {
    exit,
    evidence: proof,
    started,
  } = (data['ending'] ?? {}) as { exit?: Data; evidence?: Data; started?: boolean };
  const { executionId } = (data['execution'] ?? {}) as Data;
  const how =
    started === false
      ? 'never started'
      : exit?.['signal']
        ? `by ${word(exit['signal'])}`
        : `exit code ${word(exit?.['code'])}`;
  return `gone       ${word(executionId)} ${how}; ${word(proof?.['containment'])}, ${word(proof?.['survivors'])} survivors (${word(proof?.['assurance'])})`;
}

function evidence(value: unknown): string {
  if (typeof value !== 'object' || value === null) return '';
  const parts = Object.entries(value).filter(
    ([name, each]) => (typeof each === 'number' || typeof each === 'string') && name !== 'at' && name !== 'streamHash',
  );
  return parts.length === 0 ? '' : colours.dim(`  ${parts.map(([name, each]) => `${name} ${each}`).join(', ')}`);
}

function word(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '?';
}
