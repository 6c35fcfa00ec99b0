import { closeSync, openSync, readSync } from 'node:fs';

let buffer = Buffer.allocUnsafe(16_384);

/**
 * The text of a file under /proc or cgroupfs; undefined when it is gone or not ours to read. Half the cost of
 * readFileSync, which matters when one sweep reads hundreds.
 */
export function readProc(path: string): string | undefined {
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
      if (length === buffer.length) buffer = Buffer.concat([buffer], buffer.length * 2);
    }
  } catch {
    return undefined; // ESRCH: it ended between open and read.
  } finally {
    closeSync(fd);
  }
}
