import { setTimeout as delay } from 'node:timers/promises';
import { isAlive, type ProcessIdentity } from './process-identity.js';

/** Ends a process that is not our child: asks with `signal`, waits up to `graceMs`, then forces its whole group. */
export async function endProcess(target: ProcessIdentity, signal: NodeJS.Signals, graceMs: number): Promise<void> {
  if (!isAlive(target)) return;
  sendSignal(target.pid, signal);
  if (await goneWithin(target, graceMs)) return;
  sendSignal(-target.pid, 'SIGKILL');
  sendSignal(target.pid, 'SIGKILL');
  await goneWithin(target, 5_000);
}

/** Sends the signal; no such process (or group) is success, for then there is nothing left to signal. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // ESRCH: already gone.
  }
}

async function goneWithin(target: ProcessIdentity, budgetMs: number): Promise<boolean> {
  const deadline = performance.now() + budgetMs;
  // Only a parent gets an event when a process ends; of anyone else's child we can but look.
  while (isAlive(target)) {
    if (performance.now() > deadline) return false;
    await delay(10);
  }
  return true;
}
