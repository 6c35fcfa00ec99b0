import { Controller, Get } from '@nestjs/common';
import { type Replay, replay, type ReplayFrame, replayFrame as frameSchema, replayQuery } from '@necrocode/contracts';
import { type CancellationId, Rejection } from '@necrocode/domain';
import type { StoredEvent } from '@necrocode/event-store';
import { CodedError } from '@necrocode/service-kit';
import { z } from 'zod';
import { isBulk } from '../bulk-cancel/bulk-reader.js';
import { IdParam, ParsedQuery } from '../http/parsed.js';
import { Operation } from '../openapi/operation.js';
import { Timeline } from '../read-model/timeline.js';
import { eventOf } from '../streams/recorded-event.js';
import { StreamReader } from '../streams/stream-reader.js';
import { interleave } from './interleave.js';
import { bulkFrames, cancellationFrames } from './replay-frames.js';

@Controller()
export class ReplayController {
  constructor(
    private readonly streams: StreamReader,
    private readonly timeline: Timeline,
  ) {}

  @Get('cancellations/:cancellationId/replay')
  @Operation({
    summary: 'The cancellation as it was after N of its events (`at=N`), or after each of them',
    query: replayQuery,
    replies: { 200: z.union([frameSchema, replay]) },
    problems: ['malformed-id', 'validation-failed', 'cancellation-not-found', 'frame-not-found'],
  })
  async replay(
    @IdParam('cancellationId') cancellationId: CancellationId,
    @ParsedQuery(replayQuery) { at }: { at?: number },
  ): Promise<Replay | ReplayFrame> {
    const events = await this.streams.cancellationEvents(cancellationId);
    const version = events.length;
    if (version === 0) throw new Rejection('cancellation-not-found', { cancellationId });
    const frames = await this.#frames(cancellationId, events);
    if (at === undefined) return { cancellationId, version, frames: [...frames] };
    for (const frame of frames) if (frame.at === at) return frame;
    throw new CodedError('frame-not-found', { at, version });
  }

  async #frames(id: CancellationId, events: readonly StoredEvent[]): Promise<Iterable<ReplayFrame>> {
    if (isBulk(events)) return bulkFrames(events);
    const entries = await this.timeline.all({ kind: 'cancellation', id });
    return cancellationFrames(interleave(events, entries.map(eventOf)));
  }
}
