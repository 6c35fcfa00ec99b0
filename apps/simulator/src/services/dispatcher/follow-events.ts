import {
  assumedEnding,
  type CleanupEvent,
  type ExecutionEnding,
  type ExecutionEvent,
  type ExecutionIdentity,
  makesRoom,
  type RunnerEvent,
  type RunnerId,
} from '@necrocode/domain';
import { type StoredEvent, toDomainEvent } from '@necrocode/event-store';
import { appendTogether } from '../streams/append-together.js';
import { foldStream } from '../streams/fold-stream.js';
import { ACTOR, type DispatcherParts } from './dispatcher-parts.js';
import { POOL } from './job-streams.js';

/** What others stored, taken into the streams of jobs and slots. */
export async function followEvent(parts: DispatcherParts, stored: StoredEvent): Promise<void> {
  if (makesRoom(stored.type)) return parts.wake();
  const event = toDomainEvent<ExecutionEvent | CleanupEvent | RunnerEvent>(stored);
  switch (event.type) {
    case 'ExecutionStarted':
      return recordStart(parts, event.execution, stored);
    case 'ExecutionEnded':
      return recordEnding(parts, event.execution, event.ending, stored);
    case 'ExecutionFenced':
      return recordEnding(parts, event.execution, assumedEnding, stored);
    case 'SlotProvenClean':
      return freeSlot(parts, event, stored);
    case 'RunnerRegistered':
      return trackRunner(parts, event.runner.runnerId, stored);
    case 'RunnerLost':
    case 'RunnerReturned':
    case 'RunnerDrained':
    case 'RunnerQuarantined':
    case 'RunnerSurvivorsGone':
    case 'RunnerTrusted':
      return trackRunner(parts, event.runnerId, stored);
    default:
  }
}

async function recordStart(
  { life, streams }: DispatcherParts,
  { jobId, taskId, executionId }: ExecutionIdentity,
  { id }: StoredEvent,
): Promise<void> {
  await streams.handle(jobId, { type: 'RecordStart', taskId, executionId, at: life.now() }, id);
}

async function recordEnding(
  { life, site: { world }, store, streams, wake }: DispatcherParts,
  execution: ExecutionIdentity,
  ending: ExecutionEnding,
  { id }: StoredEvent,
): Promise<void> {
  const { jobId, taskId, executionId, slot } = execution;
  const at = life.now();
  const random = world.random.next();
  const decide = async () => {
    const command = { type: 'RecordEnding' as const, taskId, executionId, ending, random, at };
    const record = await streams.decide(jobId, command);
    if (!slot || (ending.reason === 'fenced' && !world.broken('free-the-slot-of-the-fenced'))) return [record];
    const { slotId, kind } = slot;
    const evidence = { kind, leftEntries: 0, checkedAt: at };
    const unclean = world.broken('free-slot-before-clean') || ending.reason === 'fenced';
    const soil = unclean
      ? ({ type: 'FreeSlot', slotId, executionId, evidence, at } as const)
      : ({ type: 'SoilSlot', slotId, executionId, at } as const);
    return [record, await streams.decideSlot(soil)];
  };
  await appendTogether(store, decide, { id, actor: ACTOR, correlationId: jobId });
  wake();
}

async function freeSlot(
  { life, store, streams, wake }: DispatcherParts,
  { jobId, executionId, slotId, evidence }: Extract<CleanupEvent, { type: 'SlotProvenClean' }>,
  { id }: StoredEvent,
): Promise<void> {
  const free = { type: 'FreeSlot' as const, slotId, executionId, evidence, at: life.now() };
  const decide = async () => [await streams.decideSlot(free)];
  await appendTogether(store, decide, { id, actor: ACTOR, correlationId: jobId });
  wake();
}

async function trackRunner(
  { life, site: { world, tables }, store, streams, wake }: DispatcherParts,
  runnerId: RunnerId,
  { streamId }: StoredEvent,
): Promise<void> {
  const state = foldStream(world.rules.runner, await store.readStream(streamId));
  if (state.status === 'unknown') return;
  const { capacity, slots } = state.runner;
  tables.offers.set(runnerId, { status: state.status, capacity, slotIds: slots.map(({ slotId }) => slotId) });
  const at = life.now();
  const decide = async () => [await streams.decideSlot({ type: 'AddSlots', pool: POOL, slots, at })];
  await appendTogether(store, decide, { id: `slots/${runnerId}`, actor: ACTOR, correlationId: POOL });
  wake();
}
