import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runnerId } from '@necrocode/contracts';
import type { RunnerId } from '@necrocode/domain';
import { newId } from '@necrocode/service-kit/process';
import { isMissing } from '../workspace/confined-tree.js';

/** The id of the runner at home here: drawn at its first start, the same ever after. */
export async function readOrCreateRunnerId(home: string): Promise<RunnerId> {
  const file = join(home, 'runner-id');
  try {
    return runnerId.parse((await readFile(file, 'utf8')).trim());
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  await mkdir(home, { recursive: true, mode: 0o700 });
  const id = newId('run');
  await writeFile(file, `${id}\n`, { flag: 'wx', mode: 0o600 });
  return id;
}
