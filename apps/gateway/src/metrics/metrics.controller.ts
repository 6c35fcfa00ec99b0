import { Controller, Get, Header, Inject } from '@nestjs/common';
import type { Metrics } from '@necrocode/metrics';
import { METRICS } from '@necrocode/service-kit';
import { z } from 'zod';
import { Operation } from '../openapi/operation.js';

const TEXT = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * On the port of the API, which may be opened to others, with the token; on the loopback port beside `/healthz` without
 * (docs/adr/0126).
 */
@Controller()
export class MetricsController {
  constructor(@Inject(METRICS) private readonly metrics: Metrics) {}

  @Get('metrics')
  @Header('content-type', TEXT)
  @Operation({
    summary: "The gateway's metrics, for Prometheus",
    replies: { 200: [{ type: TEXT, schema: z.string(), description: "Prometheus's text format" }] },
  })
  read(): Promise<string> {
    return this.metrics.exposition();
  }
}
