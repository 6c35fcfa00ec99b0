import { setTimeout as delay } from 'node:timers/promises';
import type { EventStore, Position } from '@necrocode/event-store';
import type { Logger } from '@necrocode/service-kit';
import { Digest } from './digest.js';
import type { MailPlace, MailPlaces } from './mail-place.js';
import { noticeOf } from './notice-of.js';
import type { PostOffice } from './post-office.js';

export interface MailRhythm {
  /** Between two looks, ms. */
  readonly lookMs: number;
  /** How long failures are gathered before the first mail of a storm, ms. */
  readonly gatherMs: number;
  /** Between two mails, ms. */
  readonly pauseMs: number;
}

const BATCH = 500;
const LONGEST_RETRY_MS = 3_600_000;

/**
 * Tells failures by e-mail: all since the last mail in one, so that a storm sends few. The place in the store moves when the server has taken the
 * mail; a process that dies in between sends it once more.
 */
export class TellFailures {
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #gatheringSince: number | null = null;

  constructor(
    private readonly store: EventStore,
    private readonly places: MailPlaces,
    private readonly office: PostOffice,
    private readonly rhythm: MailRhythm,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.#running = this.run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  private async run(): Promise<void> {
    const { signal } = this.#stopping;
    let isFailing = false;
    while (!signal.aborted) {
      try {
        await this.look(Date.now());
        isFailing = false;
      } catch (error) {
        if (!isFailing) this.logger.warn({ err: error }, 'failures cannot be told by e-mail now; trying on');
        isFailing = true;
      }
      await delay(this.rhythm.lookMs, undefined, { signal }).catch(() => undefined);
    }
    await this.places.release().catch(() => undefined);
  }

  private async look(now: number): Promise<void> {
    const place = await this.places.hold(() => this.store.lastPosition());
    if (!place || place.nextAt.getTime() > now) return;
    const { digest, position } = await this.gather(place, new Date(now));
    if (digest.isEmpty) {
      this.#gatheringSince = null;
      if (position > place.position) await this.places.pass(position);
      return;
    }
    this.#gatheringSince ??= now;
    if (now - this.#gatheringSince < this.rhythm.gatherMs) return;
    await this.send(place, digest, position, new Date(now));
  }

  private async gather(place: MailPlace, until: Date): Promise<{ digest: Digest; position: Position }> {
    const digest = new Digest();
    for (const notice of await this.places.webhooksDisabled(place.toldAt, until)) digest.add(notice);
    let { position } = place;
    for (;;) {
      const events = await this.store.readAll(position, BATCH);
      for (const event of events) {
        const notice = noticeOf(event);
        if (notice) digest.add(notice);
        position = event.position;
      }
      if (events.length < BATCH) return { digest, position };
    }
  }

  private async send({ failures }: MailPlace, digest: Digest, position: Position, until: Date): Promise<void> {
    try {
      await this.office.send(digest.write());
    } catch (error) {
      await this.places.notTaken(Math.min(LONGEST_RETRY_MS, this.rhythm.lookMs * 2 ** Math.min(failures, 20)));
      throw error;
    }
    this.#gatheringSince = null;
    await this.places.told(position, until, this.rhythm.pauseMs);
    this.logger.info('failures were told by e-mail');
  }
}
