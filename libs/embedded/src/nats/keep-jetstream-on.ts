import { statfs } from 'node:fs/promises';
import { greeting } from './greeting.js';

export interface JetStreamWatch {
  readonly port: number;
  /** Where JetStream writes. */
  readonly storeDir: string;
  /** Ends the server, whose supervisor starts it again. */
  readonly end: () => Promise<void>;
  readonly onOff: (why: string) => void;
}

const LOOK_EVERY_MS = 2_000;
/** With less, JetStream would be switched off again by what was waiting to be written. */
const ROOM_BYTES = 16 * 1024 * 1024;

/**
 * A nats-server that cannot write, as on a full disk, switches its JetStream off until it is started again: so it is, as soon as there is room.
 * Meanwhile core NATS goes on, which kills travel by. Two looks in a row, since JetStream is off for a moment in every start.
 *
 * @returns how to stop looking
 */
export function keepJetStreamOn({ port, storeDir, end, onOff }: JetStreamWatch): () => void {
  let strikes = 0;
  const look = async (): Promise<void> => {
    const info = await greeting(port);
    strikes = info === undefined || info.jetstream === true ? 0 : strikes + 1;
    if (strikes === 2) onOff('its JetStream is off, as after a full disk; started again when there is room');
    if (strikes >= 2 && (await hasRoom(storeDir))) {
      strikes = 0;
      await end();
    }
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
