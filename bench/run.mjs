/**
 * `npm run bench -- <name> [arguments]`: runs bench/src/<name>/main.ts. On first use it installs the benchmarks' own packages.
 * The product is built first, for benchmarks that start it as processes.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';

const bench = import.meta.dirname;
const root = `${bench}/..`;
const names = readdirSync(`${bench}/src`).filter((name) => existsSync(`${bench}/src/${name}/main.ts`));
const [name, ...args] = process.argv.slice(2);

if (name === undefined || !names.includes(name)) {
  console.error(`Which benchmark? npm run bench -- <${names.join(' | ')}>`);
  process.exit(2);
}

if (!existsSync(`${bench}/node_modules`)) run('npm', ['ci'], bench);
run('npm', ['run', '--silent', 'build'], root);
run(
  process.execPath,
  ['--no-warnings', '--import', './tools/run-typescript.mjs', `bench/src/${name}/main.ts`, ...args],
  root,
);

function run(command, commandArgs, cwd) {
  const { status } = spawnSync(command, commandArgs, { cwd, stdio: ['inherit', 'inherit', 'inherit'] });
  if (status !== 0) process.exit(status ?? 1);
}
