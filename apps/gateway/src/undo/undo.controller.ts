import { Controller, HttpCode, Post } from '@nestjs/common';
import { cancellationCommands, type CancellationResource, cancellationResource } from '@necrocode/contracts';
import type { CancellationId } from '@necrocode/domain';
import { type Caller, FromCaller } from '../http/caller.js';
import { IdParam } from '../http/parsed.js';
import { Operation } from '../openapi/operation.js';
import { Services } from '../services/services.js';
import { CancellationReader } from '../show-cancellation/cancellation-reader.js';

@Controller('cancellations')
export class UndoController {
  constructor(
    private readonly services: Services,
    private readonly cancellations: CancellationReader,
  ) {}

  @Post(':cancellationId/undo')
  @HttpCode(202)
  @Operation({
    summary: 'Take a cancellation back within its undo window: what was held goes on',
    replies: { 202: cancellationResource },
    problems: ['malformed-id', 'cancellation-not-found', 'undo-not-offered', 'undo-window-over'],
  })
  async undo(
    @IdParam('cancellationId') cancellationId: CancellationId,
    @FromCaller() caller: Caller,
  ): Promise<CancellationResource> {
    await this.services.ask(cancellationCommands.undoCancellation, { cancellationId }, caller);
    return this.cancellations.show(cancellationId);
  }
}
