import { Inject, Injectable } from '@nestjs/common';
import type { ArchiveBody } from '@necrocode/contracts';
import type { ErrorCode } from '@necrocode/error-catalog';
import {
  type ArchiveRecord,
  type ArchiveRefusal,
  NotArchived,
  type PostgresEventStore,
  type SqlExecutor,
} from '@necrocode/event-store-postgres';
import { CodedError, DATABASE, EVENT_STORE } from '@necrocode/service-kit';
import { type DataSource, type EntityManager, QueryFailedError } from 'typeorm';
import { forgetStories } from '../read-model/forget-stories.js';
import { NextArchive } from './next-archive.js';
import { namedStreams, storiesIn, whatKeeps } from './story.js';

/** So long appends are held back at most before anything is removed. */
const PATIENCE_MS = 1_000;

const CODES: Readonly<Record<ArchiveRefusal, ErrorCode>> = {
  outdated: 'archive-outdated',
  'out-of-order': 'archive-out-of-order',
  behind: 'archive-behind',
};

/**
 * Takes the streams of an archive out of the store and out of the read model, in one transaction. Whether they may go is decided anew
 * from what the store holds, and once more by the database: an archive is only believed what is compared.
 */
@Injectable()
export class RemoveArchived {
  constructor(
    private readonly next: NextArchive,
    @Inject(EVENT_STORE) private readonly store: PostgresEventStore,
    @Inject(DATABASE) private readonly database: DataSource,
  ) {}

  /** Repeatable: the same archive again is answered as the first time. @throws {CodedError} */
  async remove(body: ArchiveBody): Promise<ArchiveRecord> {
    const known = await this.#find(body);
    if (known) return known;
    await this.#check(body);
    try {
      await this.database.transaction((tx) => this.#remove(tx, body));
    } catch (error) {
      if (error instanceof NotArchived)
        throw new CodedError(CODES[error.refusal], { what: error.what }, { cause: error });
      throw error;
    }
    const removed = await this.#find(body);
    if (!removed) throw new Error(`archive ${body.number} was recorded and is not there`);
    return removed;
  }

  async #find({ number, manifestHash }: ArchiveBody): Promise<ArchiveRecord | undefined> {
    return (await this.store.archives()).find((each) => each.number === number && each.manifestHash === manifestHash);
  }

  async #check({ streams }: ArchiveBody): Promise<void> {
    const before = this.next.before();
    if (before === null) throw new CodedError('archiving-off');
    const given = new Set(streams.map(({ stream }) => stream));
    const stories = storiesIn(await this.store.readNumberedStreams([...given]));
    const kept = stories.map((story) => whatKeeps(story, before)).find((reason) => reason !== null);
    if (kept !== undefined) throw new CodedError('archive-outdated', { what: kept });
    const named = stories.flatMap(namedStreams).filter((streamId) => !given.has(streamId));
    const [forgotten] = await this.store.readNumberedStreams(named);
    if (forgotten) throw new CodedError('archive-outdated', { what: `${forgotten.streamId} is not in it` });
  }

  async #remove(tx: EntityManager, { number, manifestHash, previous, streams }: ArchiveBody): Promise<void> {
    await tx.query(`set local lock_timeout = ${PATIENCE_MS}`);
    await this.store.archiveWithin(executorOf(tx), {
      number,
      manifestHash,
      previous,
      streams: streams.map(({ stream, version, hash }) => ({ streamId: stream, lastVersion: version, lastHash: hash })),
    });
    await forgetStories(
      tx,
      streams.map(({ stream }) => stream),
    );
  }
}

/** The event store knows the driver's errors, not TypeORM's. */
function executorOf(tx: EntityManager): SqlExecutor {
  return {
    query: async (text, values) => {
      try {
        return { rows: await tx.query<unknown[]>(text, values) };
      } catch (error) {
        throw error instanceof QueryFailedError ? error.driverError : error;
      }
    },
  };
}
