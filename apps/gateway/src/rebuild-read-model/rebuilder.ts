import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { EventStore } from '@necrocode/event-store';
import { DATABASE, EVENT_STORE, LOGGER, type Logger } from '@necrocode/service-kit';
import type { DataSource } from 'typeorm';
import { Bell } from '../wake/bell.js';
import { Rebuild } from './rebuild.js';

/** How late a rebuild is noticed that another replica was asked for, or left behind. */
const LOOK_EVERY_MS = 2_000;
/** Between tries to switch while readers are in the way, and while PostgreSQL is away. */
const RETRY_AFTER_MS = 500;

/** Carries out the rebuilds that were asked for, whoever was asked, for as long as the gateway runs. */
@Injectable()
export class Rebuilder implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #bell = new Bell();
  readonly #stopping = new AbortController();
  readonly #rebuild: Rebuild;
  #running: Promise<void> = Promise.resolve();
  #failing = false;

  constructor(
    @Inject(DATABASE) database: DataSource,
    @Inject(EVENT_STORE) store: EventStore,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.#rebuild = new Rebuild(database, store);
  }

  onApplicationBootstrap(): void {
    this.#running = this.#run();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  /** @returns the build that the read model will have @throws {CodedError} `read-model-foreign` */
  async request(): Promise<number> {
    const build = await this.#rebuild.request();
    this.#bell.ring(null);
    return build;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    const listener = this.#bell.listen('rebuild');
    try {
      while (!signal.aborted) {
        const pauseMs = await this.#advance();
        if (pauseMs > 0) await listener.wait(pauseMs, signal);
      }
    } finally {
      listener.close();
    }
  }

  /** @returns how long to wait before the next step, ms */
  async #advance(): Promise<number> {
    try {
      const step = await this.#rebuild.advance();
      this.#failing = false;
      if (step.kind === 'switched') this.logger.info({ build: step.build }, 'the read model was rebuilt');
      if (step.kind === 'none') return LOOK_EVERY_MS;
      return step.kind === 'waiting' ? RETRY_AFTER_MS : 0;
    } catch (error) {
      if (!this.#failing) this.logger.warn({ err: error }, 'the read model cannot be rebuilt; trying on');
      this.#failing = true;
      return RETRY_AFTER_MS;
    }
  }
}
