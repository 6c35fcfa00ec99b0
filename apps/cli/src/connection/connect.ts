import { readFile } from 'node:fs/promises';
import { NecrocodeClient } from '@necrocode/client';
import { findHome, readSystemState, tokenFile } from '@necrocode/local-system';
import { CommandFailure, EXIT } from '../exit-codes.js';

/**
 * Finds the system to talk to: `NECROCODE_URL` and `NECROCODE_TOKEN`, else the one started in this directory or above
 * (`.necrocode`), whose token file is readable by its owner alone.
 */
export async function connect(env: NodeJS.ProcessEnv = process.env): Promise<NecrocodeClient> {
  const home = findHome(env);
  const baseUrl = env['NECROCODE_URL'] ?? (await readSystemState(home))?.gatewayUrl;
  if (baseUrl === undefined) {
    throw new CommandFailure(
      EXIT.error,
      `No system runs in ${home}.`,
      'Start one with `npm start`, or set NECROCODE_URL and NECROCODE_TOKEN.',
    );
  }
  const token = env['NECROCODE_TOKEN'] ?? (await readFile(tokenFile(home), 'utf8').catch(() => null))?.trim();
  if (!token) {
    throw new CommandFailure(
      EXIT.notAllowed,
      `There is no token in ${tokenFile(home)}.`,
      'Set NECROCODE_TOKEN, or run this as the user who started the system.',
    );
  }
  return new NecrocodeClient({ baseUrl, token });
}
