import { setTimeout as delay } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { measureProjection, type Metrics } from '@necrocode/metrics';
import { DATABASE, EVENT_STORE, LOGGER, type Logger, METRICS, type Platform } from '@necrocode/service-kit';
import type { DataSource } from 'typeorm';
import { Bell, type Listener } from '../wake/bell.js';
import { EventBell } from '../wake/event-bell.js';
import { type Advance, Projection } from './projection.js';

/** How late an event is noticed whose message was lost. */
const LOOK_EVERY_MS = 1_000;
/** Between tries while PostgreSQL is away. */
const RETRY_AFTER_MS = 500;
/**
 * One event makes others within milliseconds: what comes so soon after the last look is projected with the next. Each look costs the
 * same few statements however many events it brings, at the very moment when others want the machine for what is being cancelled.
 */
const BETWEEN_LOOKS_MS = 40;

/** Keeps the read model up with the store for as long as the gateway runs, and wakes whoever follows it. */
@Injectable()
export class Projector implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #bell = new Bell();
  readonly #stopping = new AbortController();
  readonly #projection: Projection;
  #running: Promise<void> = Promise.resolve();
  #failing = false;
  #isForeign = false;

  constructor(
    @Inject(DATABASE) database: DataSource,
    @Inject(EVENT_STORE) store: Platform<unknown>['store'],
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(METRICS) metrics: Metrics,
    private readonly events: EventBell,
  ) {
    this.#projection = new Projection(database, store);
    measureProjection(metrics, async () => store.backlog(await this.#projection.stored()));
  }

  onApplicationBootstrap(): void {
    this.#running = this.#run();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  /** Rings when rows of this job or cancellation may have changed. */
  listenTo(id: string): Listener {
    return this.#bell.listen(id);
  }

  /** The last look worked, and the rows are of this release. */
  get isUp(): boolean {
    return !this.#failing && !this.#isForeign;
  }

  /** The rows are of another release and must not be read by this one. */
  get isForeign(): boolean {
    return this.#isForeign;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    const listener = this.events.listenToAll();
    try {
      while (!signal.aborted) {
        const begun = performance.now();
        if (await this.#advance()) {
          // A burst, and who makes it is still at work: lists give way to that, and to requests, half of the time.
          await delay(performance.now() - begun, undefined, { signal }).catch(() => undefined);
          continue;
        }
        await delay(BETWEEN_LOOKS_MS, undefined, { signal }).catch(() => undefined);
        await listener.wait(this.#failing ? RETRY_AFTER_MS : LOOK_EVERY_MS, signal);
      }
    } finally {
      listener.close();
    }
  }

  /** @returns whether there may be more at once */
  async #advance(): Promise<boolean> {
    try {
      const advance = await this.#projection.advance();
      if (this.#failing) this.logger.info('the read model is kept up again');
      this.#failing = false;
      this.#noteForeign(advance);
      if (advance.kind === 'idle' || advance.kind === 'foreign') return false;
      this.#bell.ring(advance.kind === 'projected' ? advance.keys : null);
      return advance.kind === 'moved' || advance.full;
    } catch (error) {
      if (!this.#failing) this.logger.warn({ err: error }, 'the read model cannot be kept up; trying on');
      this.#failing = true;
      return false;
    }
  }

  #noteForeign(advance: Advance): void {
    const isForeign = advance.kind === 'foreign';
    if (isForeign && !this.#isForeign) {
      this.logger.warn(
        { version: advance.version },
        'the read model is of another release; lists wait for its rebuild',
      );
    }
    this.#isForeign = isForeign;
  }
}
