import { closeSync, openSync, readSync, renameSync, statSync } from 'node:fs';

const ROTATE_AT_BYTES = 16 * 1024 * 1024;

/** Opens the log for appending, readable by its owner only; one grown past 16 MiB becomes `<file>.1` first. The caller closes the descriptor. */
export function openLog(file: string): number {
  if (sizeOf(file) > ROTATE_AT_BYTES) renameSync(file, `${file}.1`);
  return openSync(file, 'a', 0o600);
}

export function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** What was written after `offset`, at most the last 64 KiB of it. */
export function readLogFrom(file: string, offset: number): string {
  const size = sizeOf(file);
  const from = Math.max(offset > size ? 0 : offset, size - 65_536);
  if (size === 0) return '';
  const descriptor = openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(size - from);
    return buffer.toString('utf8', 0, readSync(descriptor, buffer, 0, buffer.length, from));
  } finally {
    closeSync(descriptor);
  }
}
