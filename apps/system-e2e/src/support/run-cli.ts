import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../../cli/bin/necrocode.mjs', import.meta.url));

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `necrocode` as a user without a terminal would. @param interruptAt Ctrl-C when stdout has this */
export function runCli(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  interruptAt?: RegExp,
): Promise<CliResult> {
  return runNode([CLI, ...args], env, interruptAt);
}

/** Runs a script to its end, with nothing of our own environment that it could lean on. */
export async function runNode(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  interruptAt?: RegExp,
): Promise<CliResult> {
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], TMPDIR: process.env['TMPDIR'], ...env },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    if (interruptAt?.test(stdout)) child.kill('SIGINT');
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}
