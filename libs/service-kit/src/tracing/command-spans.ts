import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { CommandReply } from '@necrocode/contracts';
import { finalize, type Observable, tap } from 'rxjs';
import { z } from 'zod';
import type { Tracing } from './tracing.js';

/** The part of a command that is looked at here; the handler checks the whole of it. */
const traced = z.looseObject({ meta: z.looseObject({ traceparent: z.string().optional() }) });

/**
 * A span for each command that is answered, below the caller's. Only put in the way of commands where tracing is on. What the
 * handler stores goes on naming the caller's span: this one is in memory, and a crash would leave the stored name without its span.
 */
export class CommandSpans implements NestInterceptor {
  constructor(private readonly tracing: Tracing) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<CommandReply<unknown>> {
    const rpc = context.switchToRpc();
    const subject = context.getArgByIndex<{ getSubject(): string }>(1).getSubject();
    const request = traced.safeParse(rpc.getData()).data;
    const span = this.tracing.begin({ name: subject, attributes: attributesOf(subject) }, request?.meta.traceparent);
    let error: string | null = null;
    return next.handle().pipe(
      tap((reply: CommandReply<unknown>) => {
        if (!reply.ok && reply.problem.status >= 500) error = reply.problem.code;
      }),
      finalize(() => span.end(error)),
    );
  }
}

function attributesOf(subject: string) {
  return {
    'messaging.system': 'nats',
    'messaging.destination.name': subject,
    'messaging.operation.name': 'answer',
    'messaging.operation.type': 'process',
  };
}
