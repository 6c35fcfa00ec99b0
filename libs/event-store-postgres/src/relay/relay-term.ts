import { setTimeout as delay } from 'node:timers/promises';
import { type EventSink, SinkMoved, type SinkTail } from '@necrocode/event-store';
import type { Database } from '../database/database.js';
import { Feed } from './feed.js';
import { numberAndRead, numberEvents } from './numbering.js';
import { type RelayEvent, SinkAhead } from './relay-event.js';
import { Signal } from './signal.js';

const BATCH = 500;
const MAX_PAUSE_MS = 1_000;

/**
 * One event makes others within milliseconds. What comes so soon after a round began is numbered and published in the next,
 * together: each round wakes every consumer there is. An event that comes alone is not delayed.
 */
const BETWEEN_ROUNDS_MS = 4;

export interface RelayTermOptions {
  readonly database: Database;
  readonly sink: EventSink;
  /** The guarantee when a nudge is lost, and how often an idle relay looks whether the sink still holds what it published. */
  readonly pollMs: number;
  readonly tell: (event: RelayEvent) => void;
  /** Whether the lease is held at this moment. */
  readonly isHeld: () => boolean;
}

/** One holder's time as the relay: numbers and publishes, side by side, until it is ended. */
export class RelayTerm {
  readonly #work = new Signal();
  readonly #feed = new Feed(() => this.#work.wake());
  readonly #ended = new AbortController();
  readonly #loops: Promise<unknown>;

  constructor(private readonly options: RelayTermOptions) {
    this.#loops = Promise.all([this.#number(), this.#publish()]);
  }

  wake(): void {
    this.#work.wake();
  }

  /** Resolves when what was under way is answered. */
  async end(): Promise<void> {
    this.#ended.abort();
    this.#work.wake();
    this.#feed.interrupt();
    await this.#loops;
  }

  /** Goes on while the sink is away: readers of the store need positions too. */
  async #number(): Promise<void> {
    let failures = 0;
    while (!this.#ended.signal.aborted) {
      this.#work.clear();
      const begun = performance.now();
      try {
        const full = await this.#numberOnce();
        failures = 0;
        if (full) continue;
        await this.#work.wait(this.options.pollMs);
        await this.#rest(begun + BETWEEN_ROUNDS_MS - performance.now());
      } catch (error) {
        this.options.tell({ kind: 'failed', error });
        await this.#pause(failures++);
      }
    }
  }

  /** @returns whether there is more to read at once */
  async #numberOnce(): Promise<boolean> {
    const after = this.#feed.wanted;
    if (after === undefined) {
      await numberEvents(this.options.database);
      return false;
    }
    const events = await numberAndRead(this.options.database, after, BATCH);
    this.#feed.offer(after, events);
    return events.length === BATCH;
  }

  async #publish(): Promise<void> {
    let failures = 0;
    while (!this.#ended.signal.aborted)
      try {
        let tail = await this.#startFromTail();
        while (this.#mayPublish()) {
          const events = await this.#feed.take(this.options.pollMs);
          if (!this.#mayPublish()) break;
          if (events.length === 0) await this.#checkTail(tail);
          else {
            const begun = performance.now();
            tail = await this.options.sink.publish(tail, events);
            // A burst, and who makes it is still at work: what follows from it gives way, half of the time.
            if (events.length >= BATCH) await this.#rest(performance.now() - begun);
            failures = 0;
            this.options.tell({ kind: 'published', position: tail.position, events: events.length });
          }
        }
        if (!this.#ended.signal.aborted) await this.#pause(failures++);
      } catch (error) {
        this.#feed.pause();
        this.options.tell(error instanceof SinkMoved ? { kind: 'sink-moved' } : { kind: 'failed', error });
        if (!(error instanceof SinkMoved) || failures > 0) await this.#pause(failures);
        failures++;
      }
  }

  async #rest(ms: number): Promise<void> {
    if (ms > 0) await delay(ms, undefined, { signal: this.#ended.signal }).catch(() => undefined);
  }

  #mayPublish(): boolean {
    return !this.#ended.signal.aborted && this.options.isHeld();
  }

  async #startFromTail(): Promise<SinkTail> {
    const tail = await this.options.sink.tail();
    // Asked after the tail: whatever another relay has published meanwhile was numbered before.
    const last = await numberEvents(this.options.database);
    if (tail.position > last) throw new SinkAhead(tail.position, last);
    this.#feed.restart(tail.position);
    return tail;
  }

  async #checkTail(tail: SinkTail): Promise<void> {
    const { position, token } = await this.options.sink.tail();
    if (position !== tail.position || token !== tail.token) throw new SinkMoved('the sink was changed while idle');
  }

  async #pause(failures: number): Promise<void> {
    await this.#rest(Math.min(MAX_PAUSE_MS, 20 * 2 ** failures));
  }
}
