import { Controller, Get } from '@nestjs/common';
import {
  historyQuery,
  type JobAsItWas,
  jobAsItWas as jobAsItWasSchema,
  type JobHistory,
  jobHistory,
  type PointInTime,
} from '@necrocode/contracts';
import type { JobId } from '@necrocode/domain';
import { CodedError } from '@necrocode/service-kit';
import { z } from 'zod';
import { IdParam, ParsedQuery } from '../http/parsed.js';
import { Operation } from '../openapi/operation.js';
import { Timeline } from '../read-model/timeline.js';
import { eventOf, presentEvent } from '../streams/recorded-event.js';
import { StreamReader } from '../streams/stream-reader.js';
import { jobAsItWas, upTo } from './job-as-it-was.js';

@Controller()
export class JobHistoryController {
  constructor(
    private readonly streams: StreamReader,
    private readonly timeline: Timeline,
  ) {}

  @Get('jobs/:jobId/history')
  @Operation({
    summary: 'The job as it was at a position or an instant (`at`), or the moments there are to look at',
    query: historyQuery,
    replies: { 200: z.union([jobAsItWasSchema, jobHistory]) },
    problems: ['malformed-id', 'validation-failed', 'job-not-found', 'job-not-yet-submitted'],
  })
  async history(
    @IdParam('jobId') jobId: JobId,
    @ParsedQuery(historyQuery) { at }: { at?: PointInTime },
  ): Promise<JobAsItWas | JobHistory> {
    await this.streams.job(jobId);
    const story = (await this.timeline.all({ kind: 'job', id: jobId })).map(eventOf);
    if (at === undefined) {
      const events = story.map(({ position, ...event }) => {
        const { data: _, ...shown } = presentEvent(event);
        return { ...shown, position: position.toString() };
      });
      return { jobId, events };
    }
    const then = jobAsItWas(jobId, upTo(story, at));
    if (!then) {
      throw new CodedError('job-not-yet-submitted', { jobId, at: at.kind === 'time' ? at.time : String(at.position) });
    }
    return then;
  }
}
