import type { ReplayFrame } from '@necrocode/contracts';
import {
  bulkDecider,
  type CancellationState,
  cancellationDecider,
  type BulkState,
  type ExecutionId,
  type ExecutionState,
  executionDecider,
} from '@necrocode/domain';
import type { StoredEvent } from '@necrocode/event-store';
import { presentBulk } from '../bulk-cancel/present-bulk.js';
import { presentCancellation } from '../show-cancellation/present-cancellation.js';
import { presentEvent } from '../streams/recorded-event.js';
import { foldOne } from '../streams/stream-reader.js';
import type { Beat } from './interleave.js';

/**
 * The frames of a cancellation of a job or a task. Its executions stand as their own events up to then tell, so a signal shows when
 * it was sent. The clock is that of the frame's event: the same frame is the same for ever.
 */
export function* cancellationFrames(beats: Iterable<Beat>): Generator<ReplayFrame, void, undefined> {
  let state: CancellationState = cancellationDecider.initial;
  const executions = new Map<ExecutionId, ExecutionState>();
  let at = 0;
  for (const { event, meanwhile } of beats) {
    meanwhile.forEach((each) => foldExecution(executions, each));
    state = foldOne(cancellationDecider, state, event);
    at += 1;
    if (state.status === 'unknown') continue;
    // A copy: the next frame's executions are not this one's.
    const facts = { cancellation: state, version: at, executions: new Map(executions) };
    const cancellation = presentCancellation(facts, event.recordedAt);
    yield { at, event: presentEvent(event), meanwhile: meanwhile.map(presentEvent), cancellation };
  }
}

/** The frames of a bulk: its own events alone; what happens to each target is told by the target's own stream. */
export function* bulkFrames(events: Iterable<StoredEvent>): Generator<ReplayFrame, void, undefined> {
  let state: BulkState = bulkDecider.initial;
  let at = 0;
  for (const event of events) {
    state = foldOne(bulkDecider, state, event);
    at += 1;
    if (state.status === 'unknown') continue;
    yield {
      at,
      event: presentEvent(event),
      meanwhile: [],
      cancellation: presentBulk(state, event.recordedAt, event.recordedAt),
    };
  }
}

function foldExecution(executions: Map<ExecutionId, ExecutionState>, event: StoredEvent): void {
  if (!event.streamId.startsWith('execution-')) return;
  // Cast: the stream's name is `execution-<execution id>`.
  const executionId = event.streamId.slice('execution-'.length) as ExecutionId;
  const state = executions.get(executionId) ?? executionDecider.initial;
  executions.set(executionId, foldOne(executionDecider, state, event));
}
