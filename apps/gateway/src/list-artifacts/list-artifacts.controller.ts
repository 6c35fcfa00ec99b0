import { Controller, Get } from '@nestjs/common';
import { type ArtifactsResource, artifactsResource } from '@necrocode/contracts';
import type { JobId } from '@necrocode/domain';
import { IdParam } from '../http/parsed.js';
import { Operation } from '../openapi/operation.js';
import { StreamReader } from '../streams/stream-reader.js';
import { presentArtifacts } from './present-artifacts.js';

@Controller()
export class ListArtifactsController {
  constructor(private readonly streams: StreamReader) {}

  @Get('jobs/:jobId/artifacts')
  @Operation({
    summary: "What became of the job's artifacts: kept, quarantined or deleted",
    replies: { 200: artifactsResource },
    problems: ['malformed-id', 'job-not-found'],
  })
  async list(@IdParam('jobId') jobId: JobId): Promise<ArtifactsResource> {
    const { cancellations } = await this.streams.job(jobId);
    const ofTasks = cancellations.filter(({ scope }) => scope === 'tasks').map(({ cancellationId }) => cancellationId);
    return presentArtifacts(jobId, await this.streams.cleanups([jobId, ...ofTasks]));
  }
}
