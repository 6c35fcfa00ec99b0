import { readdirSync, readFileSync } from 'node:fs';

/**
 * Every process that is alive (no zombie) and has the token in its command line, found by looking through /proc. Twice:
 * a process has no command line for the moment in which it executes a program.
 */
export const livingProcesses = (token: string): number[] =>
  [...new Set([...look(token), ...look(token)])].filter(isAlive).sort((a, b) => a - b);

const look = (token: string): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && read(`/proc/${name}/cmdline`).includes(token))
    .map(Number);

const isAlive = (pid: number): boolean => /^State:\s+[^ZX\s]/m.test(read(`/proc/${pid}/status`));

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // It has ended, or is not ours to read.
  }
}
