import { streamNames, subjects } from '@necrocode/contracts';
import { nuid } from '@nats-io/nats-core';
import type { MessagingConnection } from '../connect/connection.js';
import { isNoResponders } from '../connect/errors.js';
import { raceAbort } from '../timing/race-abort.js';
import { provisionStream } from '../provision/provision-streams.js';
import { type LeaseEntry, readLease, writeLease } from './lease-book.js';
import { abortController, joinSignals } from '../timing/abort.js';
import { backoffMs, recoveryBackoff } from '../timing/backoff.js';
import { pause } from '../timing/pause.js';

export interface LeaseTimes {
  /** A holder that has not renewed for this long is taken to be hung. Default 2 s. */
  readonly ttlMs: number;
  readonly renewEveryMs: number;
  /** How often a candidate looks whether the holder is still there. */
  readonly lookEveryMs: number;
}

export const defaultLeaseTimes: LeaseTimes = { ttlMs: 2_000, renewEveryMs: 500, lookEveryMs: 300 };

/** A holder that lost its connection is dead if it has not come back after this pause: a reconnect within a cluster takes less. */
const secondLookMs = 50;

/**
 * Runs `whileHeld` whenever this replica holds the lease, one replica at a time, until `stop` aborts. `whileHeld` gets a signal that aborts
 * when the lease is lost or `stop` does, and returns soon after it.
 *
 * A live holder renews an entry in a JetStream stream by compare-and-set. A candidate asks the holder on a subject only it answers: when the
 * process was killed its connection is gone, the server says "no responders" in well under a millisecond, and the candidate takes over at
 * once. Only a hung holder is waited for until its entry is stale, measured by the candidate's own clock.
 */
export async function withLease(
  connection: MessagingConnection,
  purpose: string,
  stop: AbortSignal,
  whileHeld: (lost: AbortSignal) => Promise<void>,
  onFault: (error: unknown) => void,
  times: LeaseTimes = defaultLeaseTimes,
): Promise<void> {
  const holderId = nuid.next();
  // Answering must not wait for anything: it is the proof of life.
  const alive = connection.nats.subscribe(subjects.leaseHolder(holderId), {
    callback: (error, message) => {
      if (error === null) message.respond();
    },
  });
  let failures = 0;
  try {
    while (!stop.aborted) {
      try {
        await raceAbort(connection.link.whenConnected(), stop);
        const usable = joinSignals(stop, connection.link.stretch);
        try {
          const acquired = await acquire(connection, purpose, holderId, usable.signal, times);
          failures = 0;
          await hold(connection, purpose, holderId, acquired, usable.signal, times, whileHeld);
        } finally {
          usable.release();
        }
      } catch (error) {
        if (stop.aborted || connection.link.state === 'disconnected') continue;
        failures += 1;
        onFault(error);
        if (connection.link.state === 'closed') return;
        await pause(backoffMs(recoveryBackoff, failures), stop);
      }
    }
  } finally {
    alive.unsubscribe();
  }
}

interface Acquired {
  readonly sequence: number;
  /** `performance.now()` when the entry was sent: nobody can have seen it earlier. */
  readonly sentAt: number;
}

async function acquire(
  connection: MessagingConnection,
  purpose: string,
  holderId: string,
  usable: AbortSignal,
  times: LeaseTimes,
): Promise<Acquired> {
  await raceAbort(ensureStream(connection), usable);
  let seen: LeaseEntry | undefined;
  let seenSince = 0;
  for (;;) {
    const entry = await raceAbort(readLease(connection, purpose), usable);
    if (entry.sequence !== seen?.sequence) [seen, seenSince] = [entry, performance.now()];
    const stale = performance.now() - seenSince > times.ttlMs;
    const free = entry.holder === undefined || entry.holder === holderId || stale;
    if (free || !(await isThere(connection, entry.holder, usable))) {
      const sentAt = performance.now();
      const sequence = await raceAbort(writeLease(connection, purpose, holderId, entry.sequence), usable);
      if (sequence !== undefined) return { sequence, sentAt };
    } else {
      await pause(times.lookEveryMs, usable);
    }
    usable.throwIfAborted();
  }
}

/** Twice, for a holder in a cluster may just be reconnecting to another server. */
async function isThere(connection: MessagingConnection, holder: string, usable: AbortSignal): Promise<boolean> {
  if (await answers(connection, holder)) return true;
  await pause(secondLookMs, usable);
  return answers(connection, holder);
}

async function answers(connection: MessagingConnection, holder: string): Promise<boolean> {
  try {
    await connection.nats.request(subjects.leaseHolder(holder), undefined, { timeout: 250 });
    return true;
  } catch (error) {
    // Silence proves nothing: the holder may be busy. Only the server's word that nobody listens does.
    return !isNoResponders(error);
  }
}

async function hold(
  connection: MessagingConnection,
  purpose: string,
  holderId: string,
  acquired: Acquired,
  usable: AbortSignal,
  times: LeaseTimes,
  whileHeld: (lost: AbortSignal) => Promise<void>,
): Promise<void> {
  const lost = abortController();
  const { signal: held, release } = joinSignals(lost.signal, usable);
  const entry = { ...acquired };
  const renewing = renew(connection, purpose, holderId, entry, times, held).then(() => lost.abort());
  try {
    await whileHeld(held).catch((error: unknown) => {
      if (!held.aborted) throw error;
    });
  } finally {
    lost.abort();
    await renewing;
    release();
    // Given back, so that the next one need not look whether we live. If it cannot be told, the next one finds out.
    if (connection.link.state === 'connected')
      await writeLease(connection, purpose, undefined, entry.sequence).catch(() => undefined);
  }
}

/** Renews until `held` aborts, or returns when the lease is lost. The entry is ours for `ttlMs` after it was sent. */
async function renew(
  connection: MessagingConnection,
  purpose: string,
  holderId: string,
  entry: { sequence: number; sentAt: number },
  times: LeaseTimes,
  held: AbortSignal,
): Promise<void> {
  for (;;) {
    await pause(times.renewEveryMs, held);
    if (held.aborted || performance.now() > entry.sentAt + times.ttlMs) return;
    const sentAt = performance.now();
    try {
      const sequence = await raceAbort(renewOnce(connection, purpose, holderId, entry.sequence), held);
      if (sequence === undefined) return;
      [entry.sequence, entry.sentAt] = [sequence, sentAt];
    } catch {
      // Not answered: try again while the lease lasts. The next holder writes only after it has run out.
    }
  }
}

async function renewOnce(
  connection: MessagingConnection,
  purpose: string,
  holderId: string,
  sequence: number,
): Promise<number | undefined> {
  return (await writeLease(connection, purpose, holderId, sequence)) ?? (await ownEntry(connection, purpose, holderId));
}

/** A renewal whose answer was lost moved the entry itself: then it is still ours. */
async function ownEntry(
  connection: MessagingConnection,
  purpose: string,
  holderId: string,
): Promise<number | undefined> {
  const { holder, sequence } = await readLease(connection, purpose);
  return holder === holderId ? sequence : undefined;
}

async function ensureStream(connection: MessagingConnection): Promise<void> {
  const spec = connection.streams.find(({ name }) => name === streamNames.leases);
  if (spec === undefined) throw new TypeError(`the topology has no stream ${streamNames.leases}`);
  await provisionStream(connection.manager, spec);
}
