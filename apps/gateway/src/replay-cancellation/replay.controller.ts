import { Controller, Get } from '@nestjs/common';
import { type Replay, replay, type ReplayFrame, replayFrame as frameSchema, replayQuery } from '@necrocode/contracts';
import type { CancellationId } from '@necrocode/domain';
import { CodedError } from '@necrocode/service-kit';
import { z } from 'zod';
import { IdParam, ParsedQuery } from '../http/parsed.js';
import { Operation } from '../openapi/operation.js';
import { CancellationReader } from '../show-cancellation/cancellation-reader.js';
import { replayFrame } from './replay-frames.js';

@Controller()
export class ReplayController {
  constructor(private readonly cancellations: CancellationReader) {}

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
    const { events } = await this.cancellations.load(cancellationId);
    if (at === undefined) {
      const frames = events.flatMap((_, index) => replayFrame(events, index + 1) ?? []);
      return { cancellationId, version: events.length, frames };
    }
    const frame = replayFrame(events, at);
    if (!frame) throw new CodedError('frame-not-found', { at, version: events.length });
    return frame;
  }
}
