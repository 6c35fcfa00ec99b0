import { Controller, Get } from '@nestjs/common';
import { type JobPage, jobPage, type ListJobs, listJobsQuery } from '@necrocode/contracts';
import { ParsedQuery } from '../http/parsed.js';
import { Operation } from '../openapi/operation.js';
import { ReadModel } from '../read-model/read-model.js';
import { summariseJob } from '../show-job/present-job.js';
import { fromCursor, toCursor } from './cursor.js';

@Controller()
export class ListJobsController {
  constructor(private readonly readModel: ReadModel) {}

  @Get('jobs')
  @Operation({
    summary: 'Jobs, newest first',
    query: listJobsQuery,
    replies: { 200: jobPage },
    problems: ['validation-failed'],
  })
  async list(@ParsedQuery(listJobsQuery) { limit, cursor, ...filter }: ListJobs): Promise<JobPage> {
    const before = cursor === undefined ? null : fromCursor(cursor);
    // One more than asked for tells whether there is another page.
    const rows = await this.readModel.jobs(filter, before, limit + 1);
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    return {
      items: page.map(({ state }) => summariseJob(state)),
      nextCursor: last && rows.length > limit ? toCursor(last.position) : null,
    };
  }
}
