// Notes each SIGTERM it gets, one line each, and goes on.
// argv: token, file to note them in
import { appendFileSync } from 'node:fs';

const [, , , notes] = process.argv;
process.on('SIGTERM', () => appendFileSync(notes, 'SIGTERM\n'));
setInterval(() => undefined, 3_600_000);
console.log('ready');
