import { execFile } from 'node:child_process';
import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** `examples/` of this repository. */
export const EXAMPLES = fileURLToPath(new URL('../../../../examples/', import.meta.url));

/** A git repository made on the spot, with the training script, its data and the unruly ones in it. */
export async function makeTrainingRepository(directory: string): Promise<string> {
  await mkdir(directory, { recursive: true });
  await cp(join(EXAMPLES, 'training'), directory, { recursive: true });
  const git = (...args: string[]) =>
    run(
      'git',
      ['-c', 'user.name=Necrocode demo', '-c', 'user.email=demo@localhost', '-c', 'commit.gpgsign=false', ...args],
      {
        cwd: directory,
        env: { PATH: process.env['PATH'], HOME: directory, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' },
      },
    );
  await git('init', '--quiet', '--initial-branch=main');
  await git('add', '--all');
  await git('commit', '--quiet', '--message', 'The training job');
  return directory;
}
