import { type Command, streamIdOf } from '@necrocode/contracts';
import type { Decider } from '@necrocode/domain';
import { type DomainEvent, handleCommand } from '@necrocode/event-store';
import { migrateEventStore } from '@necrocode/event-store-postgres';
import { createLogger, openDatabase, openPlatform, type OpenPlatform, problemOf } from '@necrocode/service-kit';
import { createTestDatabase, startTestNats, type TestDatabase } from '@necrocode/testing';
import { createGateway } from '../create-gateway.js';
import type { GatewayConfig } from '../gateway.config.js';
import { readModelDatabase } from '../read-model/schema.js';

export const TOKEN = 'a-token-of-thirty-two-characters!';

export type TestNats = Awaited<ReturnType<typeof startTestNats>>;

export interface TestGateway {
  readonly url: string;
  readonly nats: TestNats;
  readonly database: TestDatabase;
  readonly open: OpenPlatform<GatewayConfig>;
  /** Calls the API with the token; `path` is below `/api`. */
  call(method: string, path: string, request?: CallOptions): Promise<Response>;
  /** Every route of the running server, as the server itself prints them. */
  printRoutes(): string;
  /** Stands in for the service that answers a command, until the gateway is closed. */
  answer<Body, Value>(command: Command<Body, Value>, reply: (body: Body) => Value | Promise<Value>): void;
  /** A second gateway on the same database and NATS: another replica. */
  replica(): Promise<{ readonly url: string; close(): Promise<void> }>;
  close(): Promise<void>;
}

export interface CallOptions {
  readonly body?: unknown;
  readonly raw?: string;
  readonly headers?: Record<string, string>;
}

/** Reads the whole answer, so that a spec that looks at its head alone leaves no connection behind. */
export async function fetchWhole(url: string, init?: RequestInit): Promise<Response> {
  const response = await fetch(url, init);
  const body = await response.arrayBuffer();
  const { status, headers } = response;
  return new Response(body.byteLength === 0 ? null : body, { status, headers });
}

/**
 * The real application on a real PostgreSQL and nats-server of its own; only the other services are stand-ins.
 * @param through another address of the database, such as a proxy's
 * @param settings beyond those every gateway needs
 */
export async function startTestGateway(
  through: (url: string) => string = (url) => url,
  settings: Partial<GatewayConfig> = {},
): Promise<TestGateway> {
  const nats = await startTestNats();
  const database = await createTestDatabase({ template: { key: 'gateway', migrate } });
  const config: GatewayConfig = {
    DATABASE_URL: through(database.url),
    NATS_URL: nats.url,
    NATS_REPLICAS: 1,
    HEALTH_PORT: 0,
    LOG_LEVEL: 'fatal',
    GATEWAY_PORT: 0,
    GATEWAY_HOST: '127.0.0.1',
    GATEWAY_TOKEN: TOKEN,
    ARCHIVE_KEEP_NEWEST: 1,
    ...settings,
  };
  const open = await openPlatform('gateway', config, createLogger('gateway', 'silent'), readModelDatabase);
  const app = await createGateway(open.platform);
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  return {
    url,
    nats,
    database,
    open,
    call: (method, path, { body, raw, headers } = {}) =>
      fetchWhole(`${url}/api${path}`, {
        method,
        headers: {
          authorization: `Bearer ${TOKEN}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(raw === undefined ? {} : { body: raw }),
      }),
    printRoutes: () => app.getHttpAdapter().getInstance().printRoutes({ commonPrefix: false }),
    answer: (command, reply) => answer(open, command, reply),
    replica: () => startReplica(config),
    close: async () => {
      await app.close();
      await open.close();
      await database.drop();
      await nats.stop();
    },
  };
}

async function startReplica(config: GatewayConfig): Promise<{ readonly url: string; close(): Promise<void> }> {
  const open = await openPlatform('gateway', config, createLogger('gateway', 'silent'), readModelDatabase);
  const app = await createGateway(open.platform);
  await app.listen(0, '127.0.0.1');
  return {
    url: await app.getUrl(),
    close: async () => {
      await app.close();
      await open.close();
    },
  };
}

async function migrate(url: string): Promise<void> {
  await migrateEventStore(url);
  await (await openDatabase({ url, ...readModelDatabase })).destroy();
}

/** In the envelope of Nest's NATS transport, which the real services speak. */
function answer<Body, Value>(
  { platform }: OpenPlatform<GatewayConfig>,
  command: Command<Body, Value>,
  reply: (body: Body) => Value | Promise<Value>,
): void {
  platform.messaging.nats.subscribe(command.subject, {
    callback: (_error, message) => {
      const { data, id } = message.json<{ data: unknown; id: string }>();
      const send = (response: unknown): void => {
        message.respond(JSON.stringify({ id, response, isDisposed: true }));
      };
      Promise.resolve()
        .then(() => reply(command.request.parse(data).body))
        .then((value) => send({ ok: true, value }))
        .catch((error: unknown) => send({ ok: false, problem: problemOf(error) }));
    },
  });
}

/** Appends what the owner of a stream would, through its own rules. */
export async function act<State, DomainCommand, Event extends DomainEvent>(
  { open }: TestGateway,
  decider: Decider<State, DomainCommand, Event>,
  aggregate: Parameters<typeof streamIdOf>[0],
  id: string,
  story: string,
  command: DomainCommand,
): Promise<void> {
  const metadata = { actor: 'user:local', correlationId: story };
  const streamId = streamIdOf(aggregate, id);
  await handleCommand({ store: open.platform.store, decider, streamId, command, metadata });
}
