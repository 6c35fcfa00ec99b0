import { streamNames, subjects } from '@necrocode/contracts';
import { jetStreamCode, jetStreamCodes, isWrongLastSequence } from '../connect/errors.js';
import type { MessagingConnection } from '../connect/connection.js';

/** Who holds a lease. `sequence` grows with every change and renewal: it is both the lock and the epoch. */
export interface LeaseEntry {
  /** Absent when the last holder gave the lease back, or there never was one. */
  readonly holder: string | undefined;
  readonly sequence: number;
}

const nobody = '';

/** Reads the newest entry, from the stream's leader. @throws when JetStream does not answer */
export async function readLease(connection: MessagingConnection, purpose: string): Promise<LeaseEntry> {
  try {
    const message = await connection.manager.streams.getMessage(streamNames.leases, {
      last_by_subj: subjects.lease(purpose),
    });
    if (message === null) return { holder: undefined, sequence: 0 };
    const holder = message.string();
    return { holder: holder === nobody ? undefined : holder, sequence: message.seq };
  } catch (error) {
    if (jetStreamCode(error) === jetStreamCodes.noMessageFound) return { holder: undefined, sequence: 0 };
    throw error;
  }
}

/**
 * Writes an entry if nobody has written one after `sequence`.
 * @returns the new sequence, or undefined when somebody was first
 */
export async function writeLease(
  connection: MessagingConnection,
  purpose: string,
  holder: string | undefined,
  sequence: number,
): Promise<number | undefined> {
  try {
    const ack = await connection.jetstream.publish(subjects.lease(purpose), holder ?? nobody, {
      expect: { streamName: streamNames.leases, lastSubjectSequence: sequence },
    });
    return ack.seq;
  } catch (error) {
    if (isWrongLastSequence(error)) return undefined;
    throw error;
  }
}
