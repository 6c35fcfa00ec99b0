import { accessSync, constants } from 'node:fs';
import { ProcessTreeError } from '../errors.js';

/** The word on descriptor 3 that lets the launcher go on; closing without it ends the launcher. */
export const goAhead = 'go\n';

/** Exit code of a launcher that was never let go. */
export const neverReleasedCode = 125;

/**
 * Waits until it is told to go, then becomes the command. Everything of the caller's arrives as a positional parameter
 * and is never read as shell text.
 * - `ulimit -w` (dash, busybox) or `-x` (bash) sets RLIMIT_LOCKS, the tree's tag; a shell with neither goes on without.
 * - Descriptor 3 is closed for the command by the braces; the shell keeps its own copy, close-on-exec. So the other side
 *   sees the end of the stream when the command runs, and the shell's verdict (126, 127) when it could not be executed.
 *   dash leaves by its EXIT trap then; bash, with execfail, by the last line.
 */
const script = `
ulimit -w "$1" 2>/dev/null || ulimit -x "$1" 2>/dev/null
shift
IFS= read -r __tree_word <&3 && [ "$__tree_word" = go ] || exit ${neverReleasedCode}
unset __tree_word
shopt -s execfail 2>/dev/null
trap 'echo "$?" >&3' EXIT
{ exec "$@"; } 3>&-
exit "$?"
`;

const shellName = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * @param tag set as the resource limit that marks the tree
 * @throws ProcessTreeError `environment-unsupported`
 */
export function launcherFor(
  command: readonly string[],
  program: string,
  env: Readonly<Record<string, string>>,
  tag: string,
): { readonly file: string; readonly args: readonly string[] } {
  const [name = program, ...args] = command;
  // A name like an option would be taken for one by `exec`; its path cannot be.
  const word = name.startsWith('-') ? program : name;
  return { file: shellFor(env), args: ['-c', script, 'sh', tag, word, ...args] };
}

/** dash and busybox drop variables whose names no shell could write (`a.b`, `INPUT_X-Y`); bash hands them on. */
function shellFor(env: Readonly<Record<string, string>>): string {
  const odd = Object.keys(env).find((name) => !shellName.test(name));
  if (odd === undefined) return '/bin/sh';
  const bash = ['/bin/bash', '/usr/bin/bash', '/usr/local/bin/bash'].find(isExecutable);
  if (bash !== undefined) return bash;
  throw new ProcessTreeError(
    'environment-unsupported',
    `The environment variable ${JSON.stringify(odd)} can only be handed on where bash is installed.`,
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
