import 'reflect-metadata';
import { type DynamicModule, type INestMicroservice, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type MicroserviceOptions, Transport } from '@nestjs/microservices';
import { parseServerUrls } from '@necrocode/messaging';
import type { z } from 'zod';
import { loadConfig, type ServiceConfig } from './config/load-config.js';
import type { DatabaseOptions } from './database/open-database.js';
import { serveHealth } from './health/health-server.js';
import { createLogger, nestLogger } from './logging/logger.js';
import { openPlatform } from './platform/open-platform.js';
import { type Observe, PlatformModule } from './platform/platform.module.js';
import { runUntilSignalled } from './shutdown/run-until-signalled.js';
import { CommandSpans } from './tracing/command-spans.js';

export interface ServiceDefinition<Schema extends z.ZodObject> {
  readonly name: string;
  readonly config: Schema;
  readonly database: Omit<DatabaseOptions, 'url'>;
  /** The names of its durable consumers: their lag is measured. */
  readonly consumers: readonly string[];
  readonly observe?: Observe<z.infer<Schema> & ServiceConfig>;
  /** Finds the platform under the tokens; starts its own work in `onApplicationBootstrap`, stops it in `beforeApplicationShutdown`. */
  readonly module: Type | DynamicModule;
}

/**
 * The whole life of a service that answers commands over NATS: configuration, platform, module, health, and on SIGTERM
 * or SIGINT an ordered end: no new commands, background work finished, then the connections.
 */
export function runService<Schema extends z.ZodObject>({
  name,
  config: schema,
  database,
  module,
  consumers,
  observe = () => undefined,
}: ServiceDefinition<Schema>): void {
  runUntilSignalled(name, async () => {
    // A schema extends serviceConfig by construction of every service; zod's generics cannot say so.
    const config = loadConfig(schema) as z.infer<Schema> & ServiceConfig;
    const logger = createLogger(name, config.LOG_LEVEL);
    const { platform, checks, close } = await openPlatform(name, config, logger, database, {
      consumers,
      observe,
    });
    const { servers, credentials } = parseServerUrls(config.NATS_URL);
    const app = await NestFactory.createMicroservice<MicroserviceOptions>(
      rootModule(PlatformModule.of(platform), module),
      {
        transport: Transport.NATS,
        options: {
          servers: [...servers],
          ...credentials,
          queue: name,
          maxReconnectAttempts: -1,
          reconnectTimeWait: 100,
        },
        logger: nestLogger(logger),
      },
    );
    if (platform.tracing) app.useGlobalInterceptors(new CommandSpans(platform.tracing));
    await listen(app);
    const health = await serveHealth(config.HEALTH_PORT, name, checks, platform.metrics.observeProcess());
    logger.info({ healthPort: health.port }, 'up');
    return {
      logger,
      close: async () => {
        await health.close();
        await app.close();
        await close();
      },
    };
  });
}

/** Nest says that it listens before the server knows of its subscriptions: a command that came then would find nobody. */
export async function listen(app: INestMicroservice): Promise<void> {
  await app.listen();
  await app.unwrap<{ flush(): Promise<void> }>().flush();
}

export function rootModule(...imports: (Type | DynamicModule)[]): DynamicModule {
  return { module: Root, imports };
}

@Module({})
class Root {}
