import { statfs } from 'node:fs/promises';
import { readLogFrom, sizeOf } from '../process/log-file.js';

export interface JetStreamWatch {
  readonly logFile: string;
  /** Where JetStream writes. */
  readonly storeDir: string;
  /** Ends the server, whose supervisor starts it again. */
  readonly end: () => Promise<void>;
  readonly onOff: (why: string) => void;
}

const LOOK_EVERY_MS = 2_000;
/** Only the log tells: a stream that has met a full disk takes nothing more, also where JetStream stays on. */
const DISK_FULL = 'no space left on device';
/** With less, JetStream would be switched off again by what was waiting to be written. */
const ROOM_BYTES = 16 * 1024 * 1024;

/**
 * A nats-server whose disk is full switches its JetStream off, or stops storing in some of its streams, until it is started again: so it is, as
 * soon as there is room. Meanwhile core NATS goes on, which kills travel by.
 *
 * @returns how to stop looking
 */
export function keepJetStreamOn({ logFile, storeDir, end, onOff }: JetStreamWatch): () => void {
  let readUpTo = sizeOf(logFile);
  let stores = true;
  const look = async (): Promise<void> => {
    const log = readLogFrom(logFile, readUpTo);
    readUpTo = sizeOf(logFile);
    if (stores && log.includes(DISK_FULL)) {
      stores = false;
      onOff('its disk was full and its JetStream stores no more; started again when there is room');
    }
    if (stores || !(await hasRoom(storeDir))) return;
    stores = true;
    await end();
  };
  let timer: NodeJS.Timeout | undefined;
  const schedule = (): void => {
    timer = setTimeout(() => void look().finally(() => timer && schedule()), LOOK_EVERY_MS).unref();
  };
  schedule();
  return () => {
    clearTimeout(timer);
    timer = undefined;
  };
}

async function hasRoom(directory: string): Promise<boolean> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize >= ROOM_BYTES;
}
