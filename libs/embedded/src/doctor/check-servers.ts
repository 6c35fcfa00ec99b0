import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { EmbeddedError } from '../embedded-error.js';
import { findNatsServer } from '../nats/find-nats-server.js';
import { chooseLaunch, runLaunched } from '../postgres/choose-launch.js';
import { findPostgres } from '../postgres/find-postgres.js';
import { chooseAccount } from '../postgres/server-account.js';
import { failureOutput } from '../process/failure-output.js';
import { fail, ok, type Check } from './check.js';

/** Runs PostgreSQL's own version check, under the account and with the rights it would have on this directory. */
export async function checkPostgres(directory: string): Promise<Check> {
  return checked('PostgreSQL', async () => {
    const { postgres } = findPostgres();
    const account = await chooseAccount(directory);
    const launch = await chooseLaunch(postgres, directory, account);
    const version = await runLaunched(launch, [postgres, '--version']);
    return account ? `${version.trim()}, as uid ${account.uid} because it refuses root` : version.trim();
  });
}

export async function checkNatsServer(): Promise<Check> {
  return checked('nats-server', async () => {
    const { stdout } = await promisify(execFile)(await findNatsServer(), ['--version']);
    return stdout.trim();
  });
}

async function checked(name: string, look: () => Promise<string>): Promise<Check> {
  try {
    return ok(name, await look());
  } catch (error) {
    return error instanceof EmbeddedError
      ? fail(name, error.message, error.hint)
      : fail(name, failureOutput(error)[0] ?? 'it does not run', 'Install the dependencies again with `npm ci`.');
  }
}
