import { closeSync, openSync, readSync } from 'node:fs';

let buffer = Buffer.allocUnsafe(16_384);

/**
 * The text of a file under /proc or cgroupfs; undefined when it is gone or not ours to read. Half the cost of
 * readFileSync, which matters when one sweep reads hundreds.
 * @param size `one-read`: known to be so short that the kernel gives it in one go, as it does /proc/PID/stat
 */
export function readProc(path: string, size: 'any' | 'one-read' = 'any'): string | undefined {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    return undefined;
  }
  try {
    let length = 0;
    for (;;) {
      const read = readSync(fd, buffer, length, buffer.length - length, null);
      if (read === 0) return buffer.toString('latin1', 0, length);
      length += read;
      if (size === 'one-read') return buffer.toString('latin1', 0, length);
      if (length === buffer.length) buffer = Buffer.concat([buffer], buffer.length * 2);
    }
  } catch {
    return undefined; // ESRCH: it ended between open and read.
  } finally {
    closeSync(fd);
  }
}
