import type { JobId } from '../ids.js';
import type { Bulk, BulkEvent, BulkState, EndedTarget } from './bulk-cancellation.js';

/** What happened to a bulk cancellation. Total; no rules. */
export function evolveBulk(state: BulkState, event: BulkEvent): BulkState {
  if (event.type === 'BulkRequested') return requested(event);
  if (state.status === 'unknown') return state;
  switch (event.type) {
    case 'BulkTargetsPlanned': {
      const { action, jobIds } = event;
      return { ...state, chunks: [...state.chunks, { action, jobIds, status: 'waiting' }] };
    }
    case 'BulkChunkStarted':
      return started(state, event.chunk);
    case 'BulkChunkDequeued':
      return {
        ...withChunk(state, event.chunk, 'settled'),
        dequeued: state.dequeued + event.dequeued,
        ended: withEnded(state, event.ended),
        toOpen: new Set([...state.toOpen, ...event.started]),
        dequeuedAt: event.at,
      };
    case 'BulkMembersOpened': {
      const known = new Set(event.members.map(({ jobId }) => jobId));
      return {
        ...state,
        members: new Map([...state.members, ...event.members.map((member) => [member.jobId, member] as const)]),
        toOpen: new Set([...state.toOpen].filter((jobId) => !known.has(jobId))),
      };
    }
    case 'BulkMembersSettled':
      return {
        ...state,
        endings: new Map([...state.endings, ...event.members.map((ending) => [ending.jobId, ending] as const)]),
      };
    case 'BulkAborted':
      return { ...state, abortedBy: event.requestedBy };
    case 'BulkConcluded':
      return { ...state, status: event.certificate.outcome, certificate: event.certificate, endedAt: event.at };
    default:
      return event satisfies never;
  }
}

function requested({ type: _, at: __, ...request }: Extract<BulkEvent, { type: 'BulkRequested' }>): Bulk {
  return {
    ...request,
    status: 'in-progress',
    chunks: [],
    dequeued: 0,
    ended: new Map(),
    toOpen: new Set(),
    members: new Map(),
    endings: new Map(),
    abortedBy: null,
    dequeuedAt: null,
    certificate: null,
    endedAt: null,
  };
}

/** Targets that had begun wait for a cancellation of their own from now on. */
function started(state: Bulk, index: number): Bulk {
  const chunk = state.chunks[index];
  if (chunk?.action !== 'stop') return withChunk(state, index, 'started');
  return { ...withChunk(state, index, 'settled'), toOpen: new Set([...state.toOpen, ...chunk.jobIds]) };
}

function withChunk(state: Bulk, index: number, status: 'started' | 'settled'): Bulk {
  const chunk = state.chunks[index];
  return chunk ? { ...state, chunks: state.chunks.with(index, { ...chunk, status }) } : state;
}

function withEnded(state: Bulk, ended: readonly EndedTarget[]): ReadonlyMap<JobId, EndedTarget> {
  return new Map([...state.ended, ...ended.map((target) => [target.jobId, target] as const)]);
}
