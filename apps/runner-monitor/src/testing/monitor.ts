import { connectMessaging, type MessagingConnection, parseServerUrls } from '@necrocode/messaging';
import { PostgresEventStore } from '@necrocode/event-store-postgres';
import { runnerMonitorCommands } from '@necrocode/contracts';
import type { DomainEvent } from '@necrocode/event-store';
import {
  CommandClient,
  createLogger,
  listen,
  loadConfig,
  newId,
  openPlatform,
  type Platform,
  PlatformModule,
  RemoteProblem,
  rootModule,
} from '@necrocode/service-kit';
import { createTestDatabase, eventually, startTestNats } from '@necrocode/testing';
import { NestFactory } from '@nestjs/core';
import { type MicroserviceOptions, Transport } from '@nestjs/microservices';
import pg from 'pg';
import { migrations } from '../migrations/index.js';
import { runnerMonitorConfig, type RunnerMonitorConfig } from '../runner-monitor.config.js';
import { RunnerMonitorModule } from '../runner-monitor.module.js';
import { SCHEMA } from '../schema.js';

export interface Replica {
  readonly platform: Platform<RunnerMonitorConfig>;
  /** Stops as on SIGTERM. Repeatable. */
  stop(): Promise<void>;
}

/** What other services and agents see of the monitor: NATS, the event store, and replicas to start and stop. */
export interface World {
  readonly nats: Awaited<ReturnType<typeof startTestNats>>;
  readonly connection: MessagingConnection;
  readonly commands: CommandClient;
  readonly store: PostgresEventStore;
  startReplica(): Promise<Replica>;
  /** SQL on the monitor's database. */
  query<Row extends pg.QueryResultRow>(sql: string): Promise<readonly Row[]>;
  /** Holds everybody off a table, as a database that has stopped answering would. */
  lock(table: string): Promise<{ release(): Promise<void> }>;
  /** The events of a stream, as the domain sees them. */
  eventsOf(streamId: string): Promise<readonly DomainEvent[]>;
  close(): Promise<void>;
}

/** Servers of this spec's own, without a monitor yet. @param leaseMs what replicas are configured with */
export async function openWorld(leaseMs: number): Promise<World> {
  const nats = await startTestNats();
  const database = await createTestDatabase();
  const connection = await connectMessaging({ url: nats.url, name: 'spec' });
  const store = await PostgresEventStore.open({ connectionString: database.url });
  const tables = new pg.Pool({ connectionString: database.url, max: 2 });
  const commands = new CommandClient(connection);
  const replicas: Replica[] = [];
  const config = loadConfig(runnerMonitorConfig, {
    DATABASE_URL: database.url,
    NATS_URL: nats.url,
    LEASE_MS: String(leaseMs),
    RUNNER_ANSWER_MS: '250',
  });
  return {
    nats,
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
    lock: async (table) => {
      const client = await tables.connect();
      await client.query('begin');
      await client.query(`lock table ${table} in access exclusive mode`);
      return {
        release: async () => {
          await client.query('commit');
          client.release();
        },
      };
    },
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
  await commands
    .ask(runnerMonitorCommands.drainRunner, { runnerId: newId('run') }, { actor: 'service:spec' })
    .catch((error: unknown) => {
      if (!(error instanceof RemoteProblem)) throw error;
    });
}

/** As `runService` does, without the process around it. */
async function startReplica(config: RunnerMonitorConfig): Promise<Replica> {
  const logger = createLogger('runner-monitor', process.env['SPEC_LOG'] ?? 'silent');
  const { platform, close } = await openPlatform('runner-monitor', config, logger, {
    schema: SCHEMA,
    migrations,
  });
  const { servers, credentials } = parseServerUrls(config.NATS_URL);
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(
    rootModule(PlatformModule.of(platform), RunnerMonitorModule),
    {
      transport: Transport.NATS,
      options: {
        servers: [...servers],
        ...credentials,
        queue: 'runner-monitor',
        maxReconnectAttempts: -1,
        reconnectTimeWait: 100,
      },
      logger: false,
    },
  );
  await listen(app);
  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    await app.close();
    await close();
  };
  return { platform, stop: () => (stopped ??= stop()) };
}
