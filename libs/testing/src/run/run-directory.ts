import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identify, isAlive, type ProcessIdentity } from '@necrocode/embedded';

const PREFIX = 'necrocode-test-';

/** One directory for everything a test run puts on disk. Directories of runs that were killed before they could clean up are removed first. */
export function createRunDirectory(): string {
  const base = tmpdir();
  removeAbandoned(base);
  const path = mkdtempSync(join(base, PREFIX));
  chmodSync(path, 0o711); // The PostgreSQL of a run as root works under another account and must pass.
  writeFileSync(join(path, 'owner.json'), JSON.stringify(identify(process.pid)), { mode: 0o600 });
  return path;
}

export function removeRunDirectory(path: string): void {
  rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

function removeAbandoned(base: string): void {
  for (const entry of readdirSync(base).filter((name) => name.startsWith(PREFIX))) {
    const owner = ownerOf(join(base, entry));
    if (owner && !isAlive(owner)) removeRunDirectory(join(base, entry));
  }
}

/** undefined when it is another user's, or so new that its owner is not written yet: then it is left alone. */
function ownerOf(directory: string): ProcessIdentity | undefined {
  try {
    const owner: unknown = JSON.parse(readFileSync(join(directory, 'owner.json'), 'utf8'));
    return isIdentity(owner) ? owner : undefined;
  } catch {
    return undefined;
  }
}

function isIdentity(value: unknown): value is ProcessIdentity {
  return typeof value === 'object' && value !== null && 'pid' in value && 'startTime' in value && 'bootId' in value;
}
