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
      const page = await this.#page(story, entries.at(-1)?.position ?? 0n, null);
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
        // The end is asked for first: entries up to it are complete by then.
        const end = await this.end(story);
        const page = await this.#page(story, position, end);
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

  async #page({ kind, id }: Story, after: bigint, upTo: bigint | null): Promise<readonly TimelineEntry[]> {
    const rows = await this.rows.query<{ position: string; event: string }>(
      `select position, event from gateway.timeline
       where ${STORIES[kind].entries} and position > $2 and ($3::bigint is null or position <= $3)
       order by position limit ${PAGE}`,
      [id, after.toString(), upTo?.toString() ?? null],
    );
    return rows.map(({ position, event }) => ({ position: BigInt(position), event }));
  }
}
