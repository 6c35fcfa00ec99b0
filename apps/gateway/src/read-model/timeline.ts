import { Injectable } from '@nestjs/common';
import type { CancellationId, JobId } from '@necrocode/domain';
import { Projector } from './projector.js';
import { LiveRows } from './live-rows.js';

/** Whose events. */
export type Story =
  { readonly kind: 'cancellation'; readonly id: CancellationId } | { readonly kind: 'job'; readonly id: JobId };

export interface TimelineEntry {
  readonly position: bigint;
  /** CloudEvent JSON, as it is sent. */
  readonly event: string;
}

/** How late news are noticed that another replica projected. */
const LOOK_EVERY_MS = 1_000;
const PAGE = 500;

const STORIES = {
  cancellation: {
    entries: 'cancellation_id = $1',
    end: 'select completed_position as "end" from gateway.cancellation where cancellation_id = $1',
  },
  job: {
    entries: 'job_id = $1',
    end: 'select settled_position as "end" from gateway.job where job_id = $1',
  },
} as const;

/** The events of a job or a cancellation, in store order: past ones from rows, new ones as they are projected. */
@Injectable()
export class Timeline {
  constructor(
    private readonly rows: LiveRows,
    private readonly projector: Projector,
  ) {}

  /** Where the story ended; null while it goes on or is not known here yet. */
  async end({ kind, id }: Story): Promise<bigint | null> {
    const rows = await this.rows.query<{ end: string | null }>(STORIES[kind].end, [id]);
    const end = rows[0]?.end;
    return end === null || end === undefined ? null : BigInt(end);
  }

  async all(story: Story): Promise<readonly TimelineEntry[]> {
    const entries: TimelineEntry[] = [];
    for (;;) {
      const { page } = await this.#look(story, entries.at(-1)?.position ?? 0n, true);
      entries.push(...page);
      if (page.length < PAGE) return entries;
    }
  }

  /**
   * Everything behind `after`, then what follows.
   * @returns the position of the end when the story has one; undefined when `signal` aborts first
   */
  async *follow(story: Story, after: bigint, signal: AbortSignal): AsyncGenerator<TimelineEntry, bigint | undefined> {
    const listener = this.projector.listenTo(story.id);
    let position = after;
    try {
      while (!signal.aborted) {
        const { end, page } = await this.#look(story, position);
        yield* page;
        position = page.at(-1)?.position ?? position;
        if (page.length === PAGE) continue;
        if (end !== null) return end;
        await listener.wait(LOOK_EVERY_MS, signal);
      }
      return undefined;
    } finally {
      listener.close();
    }
  }

  /** At one moment: where the story ended, and a page of entries behind `after`, none behind the end unless they are asked for. */
  async #look(
    { kind, id }: Story,
    after: bigint,
    beyondTheEnd = false,
  ): Promise<{ readonly end: bigint | null; readonly page: readonly TimelineEntry[] }> {
    const rows = await this.rows.query<{ end: string | null; position: string | null; event: string }>(
      `select story."end", entry.position, entry.event from (select (${STORIES[kind].end}) as "end") story
       left join lateral (
         select position, event from gateway.timeline
         where ${STORIES[kind].entries} and position > $2 and ($3 or story."end" is null or position <= story."end")
         order by position limit ${PAGE}) entry on true
       order by entry.position`,
      [id, after.toString(), beyondTheEnd],
    );
    const end = rows[0]?.end ?? null;
    return {
      end: end === null ? null : BigInt(end),
      page: rows.flatMap(({ position, event }) => (position === null ? [] : [{ position: BigInt(position), event }])),
    };
  }
}
