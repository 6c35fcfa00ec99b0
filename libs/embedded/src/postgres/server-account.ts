import { readFile, stat } from 'node:fs/promises';
import { EmbeddedError } from '../embedded-error.js';

/** A numeric user and group to run the server under. */
export interface ServerAccount {
  readonly uid: number;
  readonly gid: number;
}

/**
 * PostgreSQL refuses to run as root. When we are root: the owner of the data (a server must own its files), else the
 * accounts a bare system has, `postgres` before `nobody`; no account is ever created. Undefined when we are not root.
 *
 * @throws EmbeddedError `no-account`
 */
export async function chooseAccount(dataDirectory: string): Promise<ServerAccount | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const owner = await stat(dataDirectory).catch(() => undefined);
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const accounts = parseAccounts(await readFile('/etc/passwd', 'utf8').catch(() => ''));
  const account = accounts.get('postgres') ?? accounts.get('nobody');
  if (account) return account;
  throw new EmbeddedError(
    'no-account',
    'PostgreSQL refuses to run as root, and this system has neither a user `postgres` nor `nobody` to run it as.',
    'Start Necrocode as an ordinary user, or set DATABASE_URL to a running server.',
  );
}

/** passwd(5): name:password:UID:GID:comment:directory:shell; root's own number is never offered. */
export function parseAccounts(passwd: string): ReadonlyMap<string, ServerAccount> {
  const accounts = new Map<string, ServerAccount>();
  for (const line of passwd.split('\n')) {
    const [name = '', , uid = '', gid = ''] = line.split(':');
    if (/^\d+$/.test(uid) && /^\d+$/.test(gid) && Number(uid) > 0)
      accounts.set(name, { uid: Number(uid), gid: Number(gid) });
  }
  return accounts;
}
