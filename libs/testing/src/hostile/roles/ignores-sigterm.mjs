// Notes each SIGTERM it gets, one line each, and goes on.
// argv: token, file to note them in
import { appendFileSync } from 'node:fs';

const [, , , notes] = process.argv;
process.on('SIGTERM', () => appendFileSync(notes, 'SIGTERM\n'));
setTimeout(() => process.exit(), 120_000); // Longer than any spec; what an aborted run left behind ends by itself.
console.log('ready');
