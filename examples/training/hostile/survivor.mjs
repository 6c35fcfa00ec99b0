// What a daemoniser leaves behind: ignores polite signals and notes its heartbeat until it is killed.
//   node survivor.mjs NAME
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';

const name = process.argv[2] ?? 'nameless';
const log = join(import.meta.dirname, `survivor-${name}.log`);

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT']) process.on(signal, () => beat(`ignored ${signal}`));

function beat(what) {
  appendFileSync(log, `${process.pid} ${process.ppid} ${new Date().toISOString()} ${what}\n`);
}

beat('alive');
setInterval(() => beat('alive'), 250);
