import { Controller, Get, Header } from '@nestjs/common';
import { otlpTrace } from '@necrocode/contracts';
import type { CancellationId } from '@necrocode/domain';
import { IdParam } from '../http/parsed.js';
import { Operation } from '../openapi/operation.js';
import { TraceReader } from './trace-reader.js';

@Controller()
export class TraceController {
  constructor(private readonly traces: TraceReader) {}

  @Get('cancellations/:cancellationId/trace')
  @Header('content-type', 'application/json')
  @Operation({
    summary: 'The trace of a cancellation as OTLP/JSON, rebuilt from its events',
    description:
      'An ExportTraceServiceRequest, as an OpenTelemetry collector takes it at /v1/traces: the same spans, by id, as were exported ' +
      'when the cancellation ran, and there also when nothing was. Spans that have not ended are not in it yet.',
    replies: { 200: otlpTrace },
    problems: ['malformed-id', 'cancellation-not-found'],
  })
  async trace(@IdParam('cancellationId') cancellationId: CancellationId): Promise<string> {
    const spans = await this.traces.read(cancellationId);
    // Loaded by the first who asks: a gateway that nobody asks for traces has no OpenTelemetry in it.
    const { toOtlpJson } = await import('@necrocode/trace/otlp');
    return toOtlpJson(spans);
  }
}
