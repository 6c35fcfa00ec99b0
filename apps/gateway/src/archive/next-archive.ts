import { Inject, Injectable } from '@nestjs/common';
import type { ArchivePlan } from '@necrocode/contracts';
import type { PositionedEvent } from '@necrocode/event-store';
import type { PostgresEventStore } from '@necrocode/event-store-postgres';
import { CONFIG, EVENT_STORE } from '@necrocode/service-kit';
import type { GatewayConfig } from '../gateway.config.js';
import { LiveRows } from '../read-model/live-rows.js';
import { findCandidates } from './candidates.js';
import { namedStreams, storiesIn, type Story, whatKeeps } from './story.js';

/** Streams in one archive, about: its removal is one transaction that holds appends back. */
const STREAMS = 1_000;
const PAGE = 100;
const DAY_MS = 24 * 3_600_000;

interface Chosen {
  readonly stories: readonly Story[];
  readonly more: boolean;
}

/** What the next archive holds: whole stories that are over and old, which everybody who reads the store has passed. */
@Injectable()
export class NextArchive {
  constructor(
    private readonly rows: LiveRows,
    @Inject(EVENT_STORE) private readonly store: PostgresEventStore,
    @Inject(CONFIG) private readonly config: GatewayConfig,
  ) {}

  /** What happened from here on stays; null: nothing is archived at all. */
  before(now = new Date()): Date | null {
    const { ARCHIVE_AFTER_DAYS: days } = this.config;
    return days === undefined ? null : new Date(now.getTime() - days * DAY_MS);
  }

  async plan(): Promise<ArchivePlan> {
    const [{ stories, more }, archives, readers] = await Promise.all([
      this.#choose(),
      this.store.archives(),
      this.store.readers(),
    ]);
    const last = archives.at(-1);
    const [slowest] = readers;
    return {
      number: (last?.number ?? 0) + 1,
      previous: last?.manifestHash ?? null,
      afterDays: this.config.ARCHIVE_AFTER_DAYS ?? null,
      stories: stories.length,
      streams: stories.reduce((sum, story) => sum + story.size, 0),
      events: eventsOf(stories).length,
      more,
      slowest: slowest ? { reader: slowest.reader, position: slowest.position.toString() } : null,
    };
  }

  /** Stream by stream. */
  async events(): Promise<readonly PositionedEvent[]> {
    return eventsOf((await this.#choose()).stories);
  }

  async #choose(): Promise<Chosen> {
    const before = this.before();
    const stories: Story[] = [];
    if (before === null) return { stories, more: false };
    const upTo = await this.#passed();
    let [after, streams] = [0n, 0];
    for (;;) {
      const page = await findCandidates(this.rows, after, PAGE);
      for (const { end, endedAt, streamIds, last } of page) {
        // In the order they ended: behind this one all are young.
        if (endedAt >= before || end > upTo) return { stories, more: false };
        after = end;
        if (last > upTo) continue;
        const story = await this.#whole(streamIds);
        if (!story || whatKeeps(story, before) !== null) continue;
        if (streams > 0 && streams + story.size > STREAMS) return { stories, more: true };
        stories.push(story);
        streams += story.size;
      }
      if (page.length < PAGE) return { stories, more: false };
    }
  }

  /** The position that everybody has passed, the newest events left out. */
  async #passed(): Promise<bigint> {
    const [[slowest], last] = await Promise.all([this.store.readers(), this.store.lastPosition()]);
    const old = last - BigInt(this.config.ARCHIVE_KEEP_NEWEST);
    return slowest && slowest.position < old ? slowest.position : old;
  }

  async #whole(streamIds: readonly string[]): Promise<Story | undefined> {
    const [story] = storiesIn(await this.store.readNumberedStreams(streamIds));
    if (!story) return undefined;
    const others = namedStreams(story).filter((streamId) => !story.has(streamId));
    if (others.length === 0) return story;
    return storiesIn([...[...story.values()].flat(), ...(await this.store.readNumberedStreams(others))])[0];
  }
}

function eventsOf(stories: readonly Story[]): readonly PositionedEvent[] {
  return stories.flatMap((story) => [...story.values()].flat());
}
