// Hears every polite request to end and goes on working: only SIGKILL helps.
import { createHash } from 'node:crypto';
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT']) {
  process.on(signal, () => console.log(`${signal}? No.`));
}

const data = readFileSync(join(import.meta.dirname, '..', 'data', 'two-moons.csv'));
const log = join(import.meta.dirname, 'stubborn.log');
let rounds = 0;

console.log(`working, and will not be stopped (pid ${process.pid})`);
setInterval(() => {
  rounds += 1;
  appendFileSync(log, `${rounds} ${createHash('sha256').update(data).update(String(rounds)).digest('hex')}\n`);
}, 200);
