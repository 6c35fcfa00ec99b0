import { readProc } from './read-proc.js';

let bootId: string | undefined;

/** Names this boot of this machine, so that pids and start times of an earlier one mean nothing. */
export function currentBootId(): string {
  return (bootId ??= readProc('/proc/sys/kernel/random/boot_id')?.trim() ?? 'unknown');
}
