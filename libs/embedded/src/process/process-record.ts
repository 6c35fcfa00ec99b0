import { rm } from 'node:fs/promises';
import { readIfPresent, writePrivateFile } from '../files/private-files.js';
import { identify, isAlive, type ProcessIdentity } from './process-identity.js';

/** What a supervisor leaves on disk about a child, so that the next one finds the child of a supervisor that was killed. */
export interface ProcessRecord {
  readonly name: string;
  readonly child: ProcessIdentity;
  readonly supervisor: ProcessIdentity;
}

export type Predecessor =
  | { readonly status: 'none' }
  | { readonly status: 'orphaned'; readonly child: ProcessIdentity }
  | { readonly status: 'supervised'; readonly child: ProcessIdentity; readonly supervisor: ProcessIdentity };

export async function writeRecord(file: string, name: string, childPid: number): Promise<void> {
  const child = identify(childPid);
  const supervisor = identify(process.pid);
  // A child that has ended already needs no record.
  if (!child || !supervisor) return;
  await writePrivateFile(file, `${JSON.stringify({ name, child, supervisor } satisfies ProcessRecord)}\n`);
}

export async function removeRecord(file: string): Promise<void> {
  await rm(file, { force: true });
}

/** Whether the recorded child still runs, and whether somebody looks after it. */
export async function findPredecessor(file: string): Promise<Predecessor> {
  const record = parseRecord(await readIfPresent(file));
  if (!record || !isAlive(record.child)) return { status: 'none' };
  const { child, supervisor } = record;
  return isAlive(supervisor) ? { status: 'supervised', child, supervisor } : { status: 'orphaned', child };
}

function parseRecord(text: string | undefined): ProcessRecord | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined; // Not ours, or cut short by a full disk: then it names no process.
  }
}

function isRecord(value: unknown): value is ProcessRecord {
  return isObject(value) && isIdentity(value['child']) && isIdentity(value['supervisor']);
}

function isIdentity(value: unknown): value is ProcessIdentity {
  return (
    isObject(value) &&
    Number.isSafeInteger(value['pid']) &&
    typeof value['startTime'] === 'string' &&
    typeof value['bootId'] === 'string'
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
