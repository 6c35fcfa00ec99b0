import { cleanerCommands } from '@necrocode/contracts';
import type { DomainEvent } from '@necrocode/event-store';
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
  RemoteProblem,
  rootModule,
} from '@necrocode/service-kit';
import { createTestDatabase, eventually, startTestNats } from '@necrocode/testing';
import { NestFactory } from '@nestjs/core';
import { type MicroserviceOptions, Transport } from '@nestjs/microservices';
import pg from 'pg';
import { artifactCleanerConfig, type ArtifactCleanerConfig } from '../artifact-cleaner.config.js';
import { ArtifactCleanerModule } from '../artifact-cleaner.module.js';
import { Drive1 } from '../migrations/1-drive.js';
import { SCHEMA } from '../schema.js';

export interface Replica {
  /** Stops as on SIGTERM. Repeatable. */
  stop(): Promise<void>;
}

/** What other services and agents see of the cleaner: NATS, the event store, and replicas to start and stop. */
export interface World {
  readonly connection: MessagingConnection;
  readonly commands: CommandClient;
  readonly store: PostgresEventStore;
  startReplica(): Promise<Replica>;
  query<Row extends pg.QueryResultRow>(sql: string): Promise<readonly Row[]>;
  /** The events of a stream, as the domain sees them. */
  eventsOf(streamId: string): Promise<readonly DomainEvent[]>;
  close(): Promise<void>;
}

/**
 * Servers of this spec's own, without a cleaner yet.
 * @param runnerAnswerMs how long a runner may take @param retryFirstMs how soon what is not renewed is taken over
 */
export async function openWorld(runnerAnswerMs = 500, retryFirstMs = 50): Promise<World> {
  const nats = await startTestNats();
  const database = await createTestDatabase();
  const connection = await connectMessaging({ url: nats.url, name: 'spec' });
  const store = await PostgresEventStore.open({ connectionString: database.url });
  const tables = new pg.Pool({ connectionString: database.url, max: 1 });
  const commands = new CommandClient(connection);
  const replicas: Replica[] = [];
  const config = loadConfig(artifactCleanerConfig, {
    DATABASE_URL: database.url,
    NATS_URL: nats.url,
    RUNNER_ANSWER_MS: String(runnerAnswerMs),
    RETRY_FIRST_MS: String(retryFirstMs),
    RETRY_LONGEST_MS: String(4 * retryFirstMs),
  });
  return {
    connection,
    commands,
    store,
    startReplica: async () => {
      const replica = await startReplica(config);
      replicas.push(replica);
      await eventually(() => isUp(commands));
      return replica;
    },
    query: async <Row extends pg.QueryResultRow>(sql: string) => (await tables.query<Row>(sql)).rows,
    eventsOf: async (streamId) => {
      const events = await store.readStream(streamId);
      return events.map(({ type, data }) => ({ type, ...(data as object) }));
    },
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

/** Nest's subscriptions reach the server after `listen` has resolved. @throws while nobody answers */
async function isUp(commands: CommandClient): Promise<void> {
  const body = { jobId: newId('job'), cancellationId: newId('can'), taskIds: null };
  await commands.ask(cleanerCommands.clean, body, { actor: 'service:spec' }).catch((error: unknown) => {
    if (!(error instanceof RemoteProblem)) throw error;
  });
}

/** As `runService` does, without the process around it. */
async function startReplica(config: ArtifactCleanerConfig): Promise<Replica> {
  const logger = createLogger('artifact-cleaner', process.env['SPEC_LOG'] ?? 'silent');
  const { platform, close } = await openPlatform('artifact-cleaner', config, logger, {
    schema: SCHEMA,
    migrations: [Drive1],
  });
  const { servers, credentials } = parseServerUrls(config.NATS_URL);
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(
    rootModule(PlatformModule.of(platform), ArtifactCleanerModule),
    {
      transport: Transport.NATS,
      options: { servers: [...servers], ...credentials, queue: 'artifact-cleaner', maxReconnectAttempts: -1 },
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
