import type { NecrocodeClient } from '@necrocode/client';
import { PostgresEventStore } from '@necrocode/event-store-postgres';
import type { LocalSystem } from '@necrocode/local-system';
import { eventually } from '@necrocode/testing';
import { processesOfJobs } from '../support/processes-of.js';
import { listedUnlikeFolded } from './listed-and-folded.js';
import { liveUnlikeRebuilt } from './live-and-rebuilt.js';
import { PublishedHistory } from './published-history.js';
import { StoredHistory } from './stored-history.js';

const PAGE = 1_000;
/** How long what follows from the events (relay, read models) may take to catch up once everything is up, ms. */
const CATCH_UP_MS = 60_000;

/** Judges a system from outside: its history, what it published, its lists, and the process table. */
export class Audit {
  private readonly history = new StoredHistory();

  private constructor(
    private readonly store: PostgresEventStore,
    private readonly published: PublishedHistory,
    private readonly client: NecrocodeClient,
  ) {}

  static async open({ databaseUrl, natsUrl }: LocalSystem, client: NecrocodeClient): Promise<Audit> {
    const store = await PostgresEventStore.open({ connectionString: databaseUrl, applicationName: 'audit' });
    return new Audit(store, await PublishedHistory.open(natsUrl), client);
  }

  /** So many were read. */
  get events(): number {
    return this.history.ids.length;
  }

  /** Reads what is new. @returns everything that is wrong; empty when the invariants hold @param jobIds that must be over */
  async faults(jobIds: readonly string[]): Promise<readonly string[]> {
    await eventually(() => this.catchUp(), { withinMs: CATCH_UP_MS, everyMs: 100 });
    const published = await eventually(() => this.published.faults(this.history.ids), {
      withinMs: CATCH_UP_MS,
      everyMs: 50,
    });
    const alive = processesOfJobs();
    return [
      ...this.history.faults,
      ...this.history.leasedSlots.map((slot) => `${slot}: leaked`),
      ...published,
      ...(await this.listed(jobIds)),
      ...jobIds.flatMap((jobId) => (alive.get(jobId) ?? []).map((pid) => `process ${pid} of ${jobId} is alive`)),
    ];
  }

  /** The store's own verification of everything it holds, and every read model against one built anew from the first event. */
  async verifyAll(): Promise<readonly string[]> {
    const faults = (await this.store.verifyNumbering()).map(
      ({ position, missing }) => `${missing} missing at ${position}`,
    );
    let events = 0;
    for await (const { streamId, length, fault } of this.store.verifyAllStreams()) {
      events += length;
      if (fault) faults.push(`${streamId}: ${JSON.stringify(fault)}`);
    }
    const { length } = this.history.ids;
    if (events !== length) faults.push(`${events} events are stored, ${length} were read`);
    return [...faults, ...(await liveUnlikeRebuilt(this.client))];
  }

  async close(): Promise<void> {
    await this.published.close();
    await this.store.close();
  }

  private async catchUp(): Promise<void> {
    await this.store.number();
    for (;;) {
      const events = await this.store.readAll(this.history.position, PAGE);
      for (const event of events) this.history.take(event);
      if (events.length < PAGE) return;
    }
  }

  /** Lists are allowed to be behind, not to stay so. */
  private async listed(jobIds: readonly string[]): Promise<readonly string[]> {
    let unlike: readonly string[] = [];
    await eventually(
      async () => {
        unlike = await listedUnlikeFolded(this.client, jobIds);
        if (unlike.length > 0) throw new Error(unlike.join('; '));
      },
      { withinMs: CATCH_UP_MS, everyMs: 100 },
    ).catch(() => undefined);
    return unlike;
  }
}
