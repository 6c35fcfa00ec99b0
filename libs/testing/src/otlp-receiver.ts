import { createServer, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import protobuf from 'protobufjs';

/** A span as it came over the wire. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty: none. */
  readonly parentSpanId: string;
  readonly name: string;
  readonly service: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
}

export interface OtlpReceiver {
  /** For OTEL_EXPORTER_OTLP_ENDPOINT. */
  readonly endpoint: string;
  readonly spans: readonly ReceivedSpan[];
  /** Content types of the requests, in order. */
  readonly contentTypes: readonly string[];
  /** Refuses so many requests with this status. */
  refuse(times: number, status: number): void;
  /** Forgets what came. */
  clear(): void;
  stop(): Promise<void>;
}

/**
 * An OTLP/HTTP receiver that decodes what it gets with OpenTelemetry's own protobuf definitions (`proto/`, release v1.9.0), so that
 * what we send is held against the protocol and not against our own idea of it.
 */
export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const request = definitions().lookupType('opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest');
  const spans: ReceivedSpan[] = [];
  const contentTypes: string[] = [];
  let refusals = { times: 0, status: 503 };
  const server = createServer((incoming, response) => {
    void bodyOf(incoming).then((body) => {
      const type = incoming.headers['content-type'] ?? '';
      contentTypes.push(type);
      if (refusals.times > 0) {
        refusals = { ...refusals, times: refusals.times - 1 };
        return response.writeHead(refusals.status).end();
      }
      if (incoming.url !== '/v1/traces' || incoming.method !== 'POST') return response.writeHead(404).end();
      const json = type.startsWith('application/json');
      spans.push(...spansOf(json ? JSON.parse(body.toString()) : decode(request, body)));
      return response.writeHead(200, { 'content-type': type }).end(json ? '{}' : Buffer.alloc(0));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    spans,
    contentTypes,
    refuse: (times, status) => void (refusals = { times, status }),
    clear: () => void (spans.splice(0), contentTypes.splice(0)),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function definitions(): protobuf.Root {
  const root = new protobuf.Root();
  const directory = join(import.meta.dirname, '..', 'proto');
  root.resolvePath = (_origin, target) => join(directory, target);
  return root.loadSync('opentelemetry/proto/collector/trace/v1/trace_service.proto');
}

async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  // Cast: without an encoding a stream brings bytes.
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** In the shape of OTLP/JSON, where ids are hexadecimal. */
function decode(type: protobuf.Type, body: Buffer): unknown {
  const decoded = type.toObject(type.decode(body), { longs: String, bytes: Array, defaults: true });
  return JSON.parse(JSON.stringify(decoded, (key, value: unknown) => (/Id$/.test(key) ? hex(value) : value)));
}

function hex(value: unknown): unknown {
  return Array.isArray(value) ? Buffer.from(value).toString('hex') : value;
}

interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}
type SpanOnWire = Omit<ReceivedSpan, 'service' | 'attributes'> & { readonly attributes: readonly Attribute[] };

function spansOf(request: unknown): ReceivedSpan[] {
  // Cast: the protobuf definitions have just said so; of JSON a spec says what it expects.
  const { resourceSpans } = request as {
    resourceSpans: {
      resource: { attributes: readonly Attribute[] };
      scopeSpans: { spans: readonly SpanOnWire[] }[];
    }[];
  };
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const name = resource.attributes.find(({ key }) => key === 'service.name')?.value['stringValue'];
    const service = typeof name === 'string' ? name : '';
    return scopeSpans.flatMap(({ spans }) =>
      spans.map((span) => ({
        ...span,
        parentSpanId: span.parentSpanId ?? '',
        service,
        attributes: textsOf(span.attributes),
      })),
    );
  });
}

function textsOf(attributes: readonly Attribute[]): Record<string, unknown> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => {
      const { stringValue, intValue, doubleValue, boolValue } = value;
      return [key, stringValue || intValue || doubleValue || boolValue];
    }),
  );
}
