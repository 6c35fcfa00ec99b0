import { z } from 'zod';

/** OTLP's JSON encoding: ids are hexadecimal, 64-bit numbers are texts. */
const nanos = z.string().regex(/^\d+$/);
const spanId = z.string().regex(/^[0-9a-f]{16}$/);
const traceId = z.string().regex(/^[0-9a-f]{32}$/);

const anyValue = z.object({
  stringValue: z.string().optional(),
  boolValue: z.boolean().optional(),
  intValue: z.union([z.number(), z.string()]).optional(),
  doubleValue: z.number().optional(),
});
const attributes = z.array(z.object({ key: z.string(), value: anyValue }));

const otlpSpan = z
  .object({
    traceId,
    spanId,
    parentSpanId: spanId.optional(),
    name: z.string(),
    kind: z.number(),
    startTimeUnixNano: nanos,
    endTimeUnixNano: nanos,
    attributes,
    events: z.array(z.object({ name: z.string(), timeUnixNano: nanos, attributes })),
    links: z.array(z.object({ traceId, spanId, attributes })),
    /** 0 unset, 1 ok, 2 error. */
    status: z.object({ code: z.number(), message: z.string().optional() }),
  })
  .meta({ id: 'OtlpSpan' });

/** An `ExportTraceServiceRequest` of OpenTelemetry's protocol: what a collector takes at `/v1/traces`. */
export const otlpTrace = z
  .object({
    resourceSpans: z.array(
      z.object({
        resource: z.object({ attributes }),
        scopeSpans: z.array(z.object({ scope: z.object({ name: z.string() }), spans: z.array(otlpSpan) })),
      }),
    ),
  })
  .meta({ id: 'OtlpTrace' });

export type OtlpSpan = z.infer<typeof otlpSpan>;
export type OtlpTrace = z.infer<typeof otlpTrace>;
