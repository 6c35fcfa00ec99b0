import { Controller, Get } from '@nestjs/common';
import {
  type CancellationPage,
  cancellationPage,
  type ListCancellations,
  listCancellationsQuery,
} from '@necrocode/contracts';
import { ParsedQuery } from '../http/parsed.js';
import { Operation } from '../openapi/operation.js';
import { ReadModel } from '../read-model/read-model.js';
import { fromCursor, toCursor } from './cancellation-cursor.js';
import { presentRow } from './present-row.js';

@Controller()
export class ListCancellationsController {
  constructor(private readonly readModel: ReadModel) {}

  @Get('cancellations')
  @Operation({
    summary: 'Cancellations of jobs, tasks and many jobs, newest first',
    query: listCancellationsQuery,
    replies: { 200: cancellationPage },
    problems: ['validation-failed'],
  })
  async list(@ParsedQuery(listCancellationsQuery) query: ListCancellations): Promise<CancellationPage> {
    const { limit, offset, cursor } = query;
    const { rows, total } = await this.readModel.cancellations(query, cursor === undefined ? null : fromCursor(cursor));
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    return {
      items: page.map(presentRow),
      nextCursor:
        last && rows.length > limit
          ? toCursor({ requestedAt: new Date(last.requested_at), position: last.position })
          : null,
      total,
      limit,
      offset,
    };
  }
}
