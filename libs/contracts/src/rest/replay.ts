import { z } from 'zod';
import { cancellationId } from '../ids/ids.js';
import { bulkResource } from './bulk.js';
import { cancellationResource } from './cancellation-resource.js';
import { recordedEvent } from './history.js';

/** One frame of a replay: an event of the cancellation and the state after it. */
export const replayFrame = z
  .object({
    /** 1 for the first event. */
    at: z.int().min(1),
    event: recordedEvent,
    /** What other streams recorded since the frame before: signals, ends, slots, cleanups. Of a bulk: nothing. */
    meanwhile: z.array(recordedEvent),
    cancellation: z.union([cancellationResource, bulkResource]),
  })
  .meta({ id: 'ReplayFrame' });

export const replay = z
  .object({ cancellationId, version: z.int().min(0), frames: z.array(replayFrame) })
  .meta({ id: 'Replay' });

export type Replay = z.infer<typeof replay>;
export type ReplayFrame = z.infer<typeof replayFrame>;
