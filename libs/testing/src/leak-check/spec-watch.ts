import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findProcessesOf, MARKER } from './live-processes.js';
import { countHandles, describeNewHandles } from './open-handles.js';

/** What closes by itself (a socket whose peer is hanging up, a child just killed) has this long to do so; nobody else waits for it. */
const SETTLE_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 20;

export interface SpecWatch {
  /** Where the spec file's temporary files go. */
  readonly directory: string;
  /** Everything the spec file left behind, one line each; waits a moment for what is just closing. */
  findLeaks(settleWithinMs?: number): Promise<string[]>;
  /** Kills and removes what is left, so that the next spec file starts clean. */
  end(): void;
}

/** Begins to watch one spec file. Until `end`, the process's TMPDIR is a directory of that file's own. */
export function watchSpec(): SpecWatch {
  const saved = { tmpdir: process.env['TMPDIR'], marker: process.env[MARKER] };
  const directory = mkdtempSync(join(tmpdir(), 'spec-'));
  chmodSync(directory, 0o711); // A server run under another account may pass to its own part.
  const marker = directory;
  const handlesBefore = countHandles();
  const childrenBefore = new Set(findProcessesOf(marker).map(({ pid }) => pid));
  process.env['TMPDIR'] = directory;
  process.env[MARKER] = marker;

  const newProcesses = (): ReturnType<typeof findProcessesOf> =>
    findProcessesOf(marker).filter(({ pid }) => !childrenBefore.has(pid));
  const look = (): string[] => [
    ...newProcesses().map(({ pid, command }) => `process ${pid} (${command})`),
    ...describeNewHandles(handlesBefore, countHandles()),
    ...readdirSync(directory).map((entry) => `temporary file or directory ${entry}`),
  ];

  return {
    directory,
    findLeaks: async (settleWithinMs = SETTLE_WITHIN_MS) => {
      const deadline = performance.now() + settleWithinMs;
      let leaks = look();
      while (leaks.length > 0 && performance.now() < deadline) {
        await delay(LOOK_EVERY_MS, undefined, { ref: false });
        leaks = look();
      }
      return leaks;
    },
    end: () => {
      for (const { pid } of newProcesses()) kill(pid);
      rmSync(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
      restore('TMPDIR', saved.tmpdir);
      restore(MARKER, saved.marker);
    },
  };
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone meanwhile.
  }
}

function restore(name: string, value: string | undefined): void {
  if (value === undefined) Reflect.deleteProperty(process.env, name);
  else process.env[name] = value;
}
