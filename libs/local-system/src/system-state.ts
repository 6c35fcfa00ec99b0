import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { identify, isAlive, type ProcessIdentity } from '@necrocode/embedded';

/** What a running system writes down for those who want to find it. No secrets: the token has its own file. */
export interface SystemState {
  readonly supervisor: ProcessIdentity;
  readonly gatewayUrl: string;
  readonly startedAt: string;
  readonly processes: readonly { readonly name: string; readonly healthUrl: string | null; readonly logFile: string }[];
}

function file(home: string): string {
  return join(home, 'system.json');
}

export async function writeSystemState(home: string, state: Omit<SystemState, 'supervisor'>): Promise<void> {
  const supervisor = identify(process.pid);
  await writeFile(file(home), `${JSON.stringify({ supervisor, ...state }, null, 2)}\n`, { mode: 0o600 });
}

/** The system that runs in this home; null when none does (a state left by a killed one does not count). */
export async function readSystemState(home: string): Promise<SystemState | null> {
  const text = await readFile(file(home), 'utf8').catch(() => null);
  if (text === null) return null;
  // Our own file, mode 0600, written above.
  const state = JSON.parse(text) as SystemState;
  return isAlive(state.supervisor) ? state : null;
}

export async function forgetSystemState(home: string): Promise<void> {
  await rm(file(home), { force: true });
}
