#!/usr/bin/env node
/** Builds what has changed and says nothing unless it fails: `npm start` and `npm run demo` are about something else. */
import { spawnSync } from 'node:child_process';

if (process.stderr.isTTY) process.stderr.write('building what has changed…\r');
const { status, stdout } = spawnSync('npx', ['--no-install', 'nx', 'run-many', '-t', 'build', '--outputStyle=static'], {
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'inherit'],
  env: { ...process.env, NX_DAEMON: 'false' },
});
if (process.stderr.isTTY) process.stderr.write('                          \r');
if (status !== 0) {
  process.stderr.write(stdout);
  process.exit(status ?? 1);
}
