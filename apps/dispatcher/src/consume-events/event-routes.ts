import { parseStreamId } from '@necrocode/contracts';
import {
  type CleanupEvent,
  DISPATCHER_HEARS,
  type ExecutionEvent,
  type JobId,
  makesRoom,
  Rejection,
  type RunnerEvent,
} from '@necrocode/domain';
import { type StoredEvent, toDomainEvent } from '@necrocode/event-store';
import { Unprocessable } from '@necrocode/messaging';
import type { FreeSlot } from '../free-slot/free-slot.js';
import { heardEnding } from '../record-ending/heard-ending.js';
import type { RecordEnding } from '../record-ending/record-ending.js';
import type { RecordStart } from '../record-start/record-start.js';
import type { RegisterRunner } from '../register-runner/register-runner.js';

export interface Reactions {
  readonly recordStart: RecordStart;
  readonly recordEnding: RecordEnding;
  readonly freeSlot: FreeSlot;
  readonly registerRunner: RegisterRunner;
  readonly wakeAssignment: () => void;
}

/** What the dispatcher reacts to. Each reaction may run twice, late or stop half-way. */
type Heard = ExecutionEvent | CleanupEvent | RunnerEvent;

/** Hands an event to the reaction it calls for; most call for none. */
export async function react(reactions: Reactions, stored: StoredEvent): Promise<void> {
  if (!DISPATCHER_HEARS.has(stored.type)) return;
  const { aggregate, aggregateId } = parseStreamId(stored.streamId);
  switch (aggregate) {
    case 'execution':
    case 'cleanup':
    case 'runner':
      return reactTo(reactions, toDomainEvent<Heard>(stored), stored);
    case 'job':
    case 'slot-pool':
    case 'queue':
      if (makesRoom(stored.type)) reactions.wakeAssignment();
      return;
    case 'cancellation':
      return;
    default:
      return unheardOf(aggregate, aggregateId);
  }
}

async function reactTo(reactions: Reactions, event: Heard, stored: StoredEvent): Promise<void> {
  try {
    await dispatch(reactions, event, stored);
  } catch (error) {
    if (!(error instanceof Rejection)) throw error;
    // What it is about was stored before it, so a stream that is not there now never will be.
    throw new Unprocessable(error.code, `${event.type} does not fit: ${error.code}`, { cause: error });
  }
}

function dispatch(reactions: Reactions, event: Heard, stored: StoredEvent): Promise<void> {
  switch (event.type) {
    case 'ExecutionStarted':
      return reactions.recordStart.handle(event.execution, stored);
    case 'ExecutionEnded':
    case 'ExecutionFenced':
      return recordEnding(reactions, event.execution.jobId, stored);
    case 'SlotProvenClean':
      return reactions.freeSlot.handle(event, stored);
    case 'RunnerRegistered':
      return reactions.registerRunner.handle(event.runner.runnerId, stored);
    case 'RunnerLost':
    case 'RunnerReturned':
    case 'RunnerDrained':
    case 'RunnerQuarantined':
    case 'RunnerSurvivorsGone':
    case 'RunnerTrusted':
      return reactions.registerRunner.handle(event.runnerId, stored);
    default:
      return Promise.resolve();
  }
}

async function recordEnding(reactions: Reactions, jobId: JobId, stored: StoredEvent): Promise<void> {
  const heard = heardEnding(stored);
  if (heard) await reactions.recordEnding.handle(jobId, [heard]);
}

function unheardOf(aggregate: never, aggregateId: string): never {
  throw new TypeError(`no such aggregate: ${String(aggregate)} (${aggregateId})`);
}
