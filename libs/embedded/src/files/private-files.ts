import { randomBytes } from 'node:crypto';
import { access, constants, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { EmbeddedError } from '../embedded-error.js';
import { errnoOf } from './errno.js';

/** Creates the directory if need be and makes sure this process may write there. */
export async function ensureWritableDirectory(path: string): Promise<void> {
  try {
    // Others may pass through (a server run under another account must reach its own part) but not list.
    await mkdir(path, { recursive: true, mode: 0o711 });
    await access(path, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new EmbeddedError(
      'directory-not-writable',
      `The data directory ${path} cannot be written (${errnoOf(cause) ?? 'unknown reason'}).`,
      'Give it to the user who starts Necrocode, or name another data directory.',
      { cause },
    );
  }
}

/** Replaces the file in one step, readable by its owner only: a reader sees the old content or the new, never half. */
export async function writePrivateFile(path: string, content: string): Promise<void> {
  const next = `${path}.${process.pid}.next`;
  await writeFile(next, content, { mode: 0o600 });
  await rename(next, path);
}

/** The secret kept in the file, made on first use: 192 random bits that need no escaping in a URL. */
export async function readOrCreateSecret(path: string): Promise<string> {
  const kept = await readIfPresent(path);
  if (kept) return kept.trim();
  const secret = randomBytes(24).toString('base64url');
  await writePrivateFile(path, `${secret}\n`);
  return secret;
}

/** The file's text, or undefined when there is no such file. */
export async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
