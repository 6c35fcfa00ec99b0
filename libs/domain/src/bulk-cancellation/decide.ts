import { Rejection } from '../rejection.js';
import { advanceBulk, nextChunks } from './advance.js';
import {
  type Bulk,
  type BulkCommand,
  type BulkEvent,
  type BulkState,
  CHUNK_SIZE,
  isSettled,
  type MemberEnding,
} from './bulk-cancellation.js';
import { evolveBulk } from './evolve.js';

type CommandOf<Type extends BulkCommand['type']> = Extract<BulkCommand, { type: Type }>;

/** What may happen to a bulk cancellation. What an input completes or opens follows in the same decision. */
export function decideBulk(command: BulkCommand, state: BulkState): readonly BulkEvent[] {
  if (command.type === 'RequestBulk') return request(command, state);
  if (state.status === 'unknown') throw new Rejection('cancellation-not-found');
  const events = record(command, state);
  const after = events.reduce<BulkState>(evolveBulk, state);
  if (events.length === 0 || after.status === 'unknown') return events;
  return [...events, ...advanceBulk(after, command.proof, command.at)];
}

function request(command: CommandOf<'RequestBulk'>, state: BulkState): readonly BulkEvent[] {
  const { type: _, selection, at, ...asked } = command;
  if (state.status !== 'unknown') {
    if (state.fingerprint !== command.fingerprint) throw new Rejection('idempotency-conflict');
    return [];
  }
  const { waiting, started, snapshotAt, digest } = selection;
  const targets = waiting.length + started.length;
  const plan = { targets, waiting: waiting.length, started: started.length, snapshotAt, digest };
  const chunks = [
    ...inChunks(waiting).map((jobIds) => ({ action: 'dequeue' as const, jobIds, status: 'waiting' as const })),
    ...inChunks(started).map((jobIds) => ({ action: 'stop' as const, jobIds, status: 'waiting' as const })),
  ];
  return [
    { type: 'BulkRequested', ...asked, plan, at },
    ...chunks.map(({ action, jobIds }, chunk): BulkEvent => ({
      type: 'BulkTargetsPlanned',
      chunk,
      action,
      jobIds,
      at,
    })),
    ...nextChunks({ chunks, abortedBy: null }).map((chunk): BulkEvent => ({ type: 'BulkChunkStarted', chunk, at })),
  ];
}

function record(command: Exclude<BulkCommand, { type: 'RequestBulk' }>, state: Bulk): readonly BulkEvent[] {
  switch (command.type) {
    case 'RecordDequeued':
      return recordDequeued(command, state);
    case 'RecordMembersOpened':
      return recordMembersOpened(command, state);
    case 'RecordMembersSettled': {
      const members = command.members.filter((ending) => isNews(ending, state));
      return members.length === 0 ? [] : [{ type: 'BulkMembersSettled', members, at: command.at }];
    }
    case 'AbortBulk':
      return abort(command, state);
    default:
      return command satisfies never;
  }
}

function recordDequeued(
  { chunk, started, ended, at }: CommandOf<'RecordDequeued'>,
  { chunks }: Bulk,
): readonly BulkEvent[] {
  const asked = chunks[chunk];
  if (asked?.status !== 'started' || asked.action !== 'dequeue') return [];
  const dequeued = asked.jobIds.length - started.length - ended.length;
  return [{ type: 'BulkChunkDequeued', chunk, dequeued, started, ended, at }];
}

function recordMembersOpened(command: CommandOf<'RecordMembersOpened'>, { toOpen }: Bulk): readonly BulkEvent[] {
  const members = command.members.filter(({ jobId }) => toOpen.has(jobId));
  return members.length === 0 ? [] : [{ type: 'BulkMembersOpened', members, at: command.at }];
}

/** Of a member that is not settled for good. */
function isNews({ jobId, outcome }: MemberEnding, { members, endings }: Bulk): boolean {
  const known = endings.get(jobId);
  return members.has(jobId) && known?.outcome !== outcome && !isSettled(known);
}

/** Stops what is not reached yet; nothing when all of it is. */
function abort({ requestedBy, at }: CommandOf<'AbortBulk'>, { chunks, abortedBy }: Bulk): readonly BulkEvent[] {
  const unreached = chunks.some(({ status }) => status === 'waiting');
  return abortedBy === null && unreached ? [{ type: 'BulkAborted', requestedBy, at }] : [];
}

function inChunks<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / CHUNK_SIZE) }, (_, index) =>
    items.slice(index * CHUNK_SIZE, (index + 1) * CHUNK_SIZE),
  );
}
