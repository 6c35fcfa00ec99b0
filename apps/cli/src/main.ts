import { CommanderError } from 'commander';
import { explain } from './explain.js';
import { EXIT } from './exit-codes.js';
import { program } from './program.js';
import { processTerminal } from './terminal/terminal.js';

const terminal = processTerminal();
// A reader that goes away (`| head`) ends the command quietly.
process.stdout.on('error', (error: NodeJS.ErrnoException) =>
  process.exit(error.code === 'EPIPE' ? EXIT.ok : EXIT.error),
);
try {
  const command = program(terminal);
  for (const each of [command, ...command.commands.flatMap((sub) => [sub, ...sub.commands])]) each.exitOverride();
  await command.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  else process.exitCode = explain(terminal, error);
}
