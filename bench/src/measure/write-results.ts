import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release } from 'node:os';

/** Writes bench/results/<name>-<time>.json, with what is needed to judge the figures. @returns the path */
export function writeResults(name: string, results: unknown): string {
  const directory = new URL('../../results/', import.meta.url);
  mkdirSync(directory, { recursive: true });
  const at = new Date().toISOString();
  const file = new URL(`${name}-${at.replaceAll(':', '-')}.json`, directory);
  const machine = { node: process.version, kernel: release(), cpus: cpus().map(({ model }) => model), load: loadavg() };
  writeFileSync(file, `${JSON.stringify({ name, at, machine, results }, null, 2)}\n`);
  return file.pathname;
}
