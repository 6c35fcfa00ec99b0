import { accessSync, constants, type Stats, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { ProcessTreeError } from '../errors.js';

/** Where POSIX shells look when the environment names no PATH. */
const defaultPath = '/usr/local/bin:/usr/bin:/bin';

/**
 * Finds what would be executed, before anything is: so that "there is no such program" is not confused with a program
 * that ends with 127.
 * @returns the absolute path of the program
 * @throws ProcessTreeError `command-empty`, `cwd-missing`, `command-not-found`, `command-not-executable`
 */
export function resolveCommand(command: readonly string[], cwd: string, env: Readonly<Record<string, string>>): string {
  const program = command[0];
  if (program === undefined || program === '') throw new ProcessTreeError('command-empty', 'The command is empty.');
  if (!isDirectory(cwd)) {
    throw new ProcessTreeError('cwd-missing', `The working directory ${cwd} does not exist or is no directory.`);
  }
  const candidates = program.includes('/')
    ? [resolve(cwd, program)]
    : (env['PATH'] ?? defaultPath).split(':').map((directory) => resolve(cwd, directory, program));
  const executable = candidates.find(isExecutable);
  if (executable !== undefined) return executable;
  const present = candidates.find((path) => statOf(path) !== undefined);
  throw present === undefined
    ? new ProcessTreeError('command-not-found', `There is no program ${program}.`)
    : new ProcessTreeError('command-not-executable', `${present} may not be executed.`);
}

const isDirectory = (path: string): boolean => statOf(path)?.isDirectory() ?? false;

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** undefined also for what lies in a directory that is closed to us: a shell passes over those in PATH as well. */
function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
