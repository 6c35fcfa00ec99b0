/**
 * `npm run bench -- <name> [arguments]`: runs bench/src/<name>/main.ts. It installs the benchmarks' own packages where they are not there or older than their lock file.
 * The product is built first, for benchmarks that start it as processes.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';

const bench = import.meta.dirname;
const root = `${bench}/..`;
const names = readdirSync(`${bench}/src`).filter((name) => existsSync(`${bench}/src/${name}/main.ts`));
const [name, ...args] = process.argv.slice(2);

if (name === undefined || !names.includes(name)) {
  console.error(`Which benchmark? npm run bench -- <${names.join(' | ')}>`);
  process.exit(2);
}

if (changedAt('node_modules/.package-lock.json') < changedAt('package-lock.json')) run('npm', ['ci'], bench);
run('npm', ['run', '--silent', 'build'], root);
run(
  process.execPath,
  ['--no-warnings', '--import', './tools/run-typescript.mjs', `bench/src/${name}/main.ts`, ...args],
  root,
);

/** 0 when it is not there. */
function changedAt(file) {
  return statSync(`${bench}/${file}`, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function run(command, commandArgs, cwd) {
  const { status } = spawnSync(command, commandArgs, { cwd, stdio: ['inherit', 'inherit', 'inherit'] });
  if (status !== 0) process.exit(status ?? 1);
}
