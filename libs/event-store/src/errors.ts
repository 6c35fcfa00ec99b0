import type { StoredEvent } from './event-store.js';

/** Another writer was first. Reload, decide again. */
export class WrongExpectedVersion extends Error {
  override readonly name = 'WrongExpectedVersion';
  constructor(
    readonly streamId: string,
    readonly expectedVersion: number,
    readonly actualVersion: number,
    /** Events after `expectedVersion`: what the winner wrote. */
    readonly winners: readonly StoredEvent[],
  ) {
    super(
      `stream ${streamId} is at version ${actualVersion}, not ${expectedVersion}; after it: ${winners.map((e) => e.type).join(', ') || 'nothing'}`,
    );
  }
}

/** An event id is stored already, but not as the whole same append: a bug in the caller, never retried. */
export class EventIdTaken extends Error {
  override readonly name = 'EventIdTaken';
  constructor(readonly eventIds: readonly string[]) {
    super(`event ids are already stored in another append: ${eventIds.join(', ')}`);
  }
}

/** The store cannot be reached or refused for a passing reason. Retry with the same event ids. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}

/** The append can never succeed as it stands: no events, an id that is no UUID, data that is not JSON. A bug in the caller. */
export class MalformedAppend extends Error {
  override readonly name = 'MalformedAppend';
}

/** The stream was moved into an archive: its id stays taken, and nothing is appended to it any more. Never retried. */
export class StreamArchived extends Error {
  override readonly name = 'StreamArchived';
  constructor(
    readonly streamId: string,
    /** Number of the archive that holds it. */
    readonly archive: number,
  ) {
    super(`stream ${streamId} is in archive ${archive}: nothing is appended to it any more`);
  }
}
