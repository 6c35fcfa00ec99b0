import { randomUUID } from 'node:crypto';
import type { Writable } from 'node:stream';
import { type CreatedWebhook, notifierCommands } from '@necrocode/contracts';
import { PostgresEventStore } from '@necrocode/event-store-postgres';
import { connectMessaging, type MessagingConnection, parseServerUrls } from '@necrocode/messaging';
import {
  CommandClient,
  createLogger,
  listen,
  loadConfig,
  newId,
  openPlatform,
  PlatformModule,
  rootModule,
} from '@necrocode/service-kit';
import { createTestDatabase, startTestNats } from '@necrocode/testing';
import { NestFactory } from '@nestjs/core';
import { type MicroserviceOptions, Transport } from '@nestjs/microservices';
import pg from 'pg';
import { pino } from 'pino';
import { notifierDatabase } from '../migrations/index.js';
import { notifierConfig } from '../notifier.config.js';
import { NotifierModule } from '../notifier.module.js';

export interface Replica {
  /** Stops as on SIGTERM. Repeatable. */
  stop(): Promise<void>;
}

/** What others see of the notifier: commands, the event store, and replicas to start and stop. */
export interface World {
  readonly connection: MessagingConnection;
  readonly commands: CommandClient;
  readonly store: PostgresEventStore;
  startReplica(): Promise<Replica>;
  /** A webhook that may be on loopback. */
  hook(url: string, ...events: string[]): Promise<CreatedWebhook>;
  /** Appends events of these types to a job's stream. */
  happen(jobId: string, ...types: string[]): Promise<void>;
  query<Row extends pg.QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  close(): Promise<void>;
}

export const AS_USER = { actor: 'user:ada' };

/** Impatient, so that specs are quick: the pauses are policy, tried as pure functions. */
const IMPATIENT = {
  WEBHOOK_ALLOWED_NETWORKS: '127.0.0.1',
  WEBHOOK_RETRY_FIRST_MS: '20',
  WEBHOOK_RETRY_LONGEST_MS: '60',
  WEBHOOK_MOST_ATTEMPTS: '4',
  WEBHOOK_REST_FIRST_MS: '100',
  WEBHOOK_TIMEOUT_MS: '2000',
};

/** Servers of this spec's own, without a notifier yet. */
export async function openWorld(env: Readonly<Record<string, string>> = {}, log?: Writable): Promise<World> {
  const nats = await startTestNats();
  const database = await createTestDatabase();
  const connection = await connectMessaging({ url: nats.url, name: 'spec' });
  const store = await PostgresEventStore.open({ connectionString: database.url });
  const tables = new pg.Pool({ connectionString: database.url, max: 1 });
  const commands = new CommandClient(connection);
  const replicas: Replica[] = [];
  const settings = { DATABASE_URL: database.url, NATS_URL: nats.url, ...IMPATIENT, ...env };
  return {
    connection,
    commands,
    store,
    startReplica: async () => {
      const replica = await startReplica(settings, log);
      replicas.push(replica);
      return replica;
    },
    hook: async (url, ...events) => {
      const body = { webhookId: newId('hook'), webhook: { url, events, description: '' } };
      return (await commands.ask(notifierCommands.createWebhook, body, AS_USER)).webhook;
    },
    happen: async (jobId, ...types) => {
      const streamId = `job-${jobId}`;
      const expectedVersion = (await store.readStream(streamId)).length;
      const metadata = { actor: 'user:ada', correlationId: jobId };
      const events = types.map((type) => ({ id: randomUUID(), type, schemaVersion: 1, data: { jobId }, metadata }));
      await store.append([{ streamId, expectedVersion, events }]);
    },
    query: async <Row extends pg.QueryResultRow>(sql: string, values: readonly unknown[] = []) =>
      (await tables.query<Row>(sql, [...values])).rows,
    close: async () => {
      await Promise.all(replicas.map((replica) => replica.stop()));
      await connection.close();
      await store.close();
      await tables.end();
      await database.drop();
      await nats.stop();
    },
  };
}

/** As `runService` does, without the process around it. */
async function startReplica(settings: Readonly<Record<string, string>>, log?: Writable): Promise<Replica> {
  const config = loadConfig(notifierConfig, settings);
  const logger = log ? pino({ level: 'debug' }, log) : createLogger('notifier', process.env['SPEC_LOG'] ?? 'silent');
  const { platform, close } = await openPlatform('notifier', config, logger, notifierDatabase);
  const { servers, credentials } = parseServerUrls(config.NATS_URL);
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(
    rootModule(PlatformModule.of(platform), NotifierModule),
    {
      transport: Transport.NATS,
      options: { servers: [...servers], ...credentials, queue: 'notifier', maxReconnectAttempts: -1 },
      logger: false,
    },
  );
  await listen(app);
  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    await app.close();
    await close();
  };
  return { stop: () => (stopped ??= stop()) };
}
