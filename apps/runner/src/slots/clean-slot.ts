import { execFile } from 'node:child_process';
import { lstat, mkdir, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { SlotClaim, SlotEvidence } from '@necrocode/domain';
import type { Logger } from '@necrocode/service-kit/process';
import { countEntries, isMissing, removeContents } from '../workspace/confined-tree.js';
import type { RunnerHome } from '../workspace/place.js';

const run = promisify(execFile);
const GIT_TIMEOUT_MS = 60_000;

/** What a checkout's configuration may say between two holders: nothing that runs a command, no remote, no filter. */
const PLAIN_CONFIG =
  '[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = false\n\tlogallrefupdates = true\n';

/**
 * Makes a slot fit for its next holder and proves it. A checkout is reset and cleaned, and `git status` must list
 * nothing; whatever is no checkout, or cannot be cleaned, is emptied.
 */
export class CleanSlot {
  constructor(
    private readonly home: RunnerHome,
    private readonly logger: Logger,
  ) {}

  async clean(slot: SlotClaim): Promise<SlotEvidence> {
    const leftEntries = slot.kind === 'counted' ? 0 : await this.cleanDirectory(slot);
    return { kind: slot.kind, leftEntries, checkedAt: new Date().toISOString() };
  }

  private async cleanDirectory(slot: SlotClaim): Promise<number> {
    const directory = this.home.slot(slot);
    await mkdir(directory, { recursive: true, mode: 0o700 });
    if (await isCheckout(directory)) {
      try {
        return await resetCheckout(directory);
      } catch (error) {
        this.logger.warn({ err: error, slotId: slot.slotId }, 'a checkout could not be reset; the slot is emptied');
      }
    }
    await removeContents(directory);
    return countEntries(directory);
  }
}

/** A real `.git` directory: a link or a file could lead the reset anywhere. */
async function isCheckout(directory: string): Promise<boolean> {
  try {
    return (await lstat(join(directory, '.git'))).isDirectory();
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/**
 * The last holder could have written anything into `.git`: hooks, filters and monitors run commands as us, after the
 * proof of death. So its configuration is replaced and its hooks are removed before git reads them.
 */
async function resetCheckout(directory: string): Promise<number> {
  const gitDirectory = join(directory, '.git');
  for (const name of [
    'hooks',
    'info',
    'modules',
    'worktrees',
    'config.worktree',
    'commondir',
    'index.lock',
    'config',
  ]) {
    await removeEntry(join(gitDirectory, name));
  }
  await writeFile(join(gitDirectory, 'config'), PLAIN_CONFIG, { flag: 'wx', mode: 0o600 });
  const git = async (...args: string[]): Promise<string> => {
    const { stdout } = await run('git', [...SAFE, ...args], {
      cwd: directory,
      env: environment(directory),
      timeout: GIT_TIMEOUT_MS,
      killSignal: 'SIGKILL',
    });
    return stdout;
  };
  await git('reset', '--hard', '--quiet');
  await git('clean', '-ffdxq');
  const status = await git('status', '--porcelain', '--ignored', '--untracked-files=all');
  return status.split('\n').filter((line) => line !== '').length;
}

const SAFE = [
  '-c',
  'core.hooksPath=/dev/null',
  '-c',
  'core.fsmonitor=false',
  '-c',
  'submodule.recurse=false',
  '-c',
  'safe.directory=*',
];

function environment(directory: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    HOME: directory,
    GIT_DIR: join(directory, '.git'),
    GIT_WORK_TREE: directory,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
  };
}

async function removeEntry(path: string): Promise<void> {
  const entry = await lstat(path).catch((error: unknown) => {
    if (isMissing(error)) return null;
    throw error;
  });
  if (entry === null) return;
  if (!entry.isDirectory()) return rm(path, { force: true });
  await removeContents(path);
  await rmdir(path);
}
