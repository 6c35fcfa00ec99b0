import { ApiProblem } from '@necrocode/client';
import { EmbeddedError } from '@necrocode/embedded';
import { CommandFailure, EXIT } from './exit-codes.js';
import { visible } from './terminal/table.js';
import { colours, type Terminal } from './terminal/terminal.js';

/** Says what went wrong and what to do, and gives the exit code. A stack only for what is our own fault. */
export function explain(terminal: Terminal, error: unknown): number {
  if (error instanceof CommandFailure) {
    say(terminal, error.message, error.hint);
    return error.exitCode;
  }
  if (error instanceof EmbeddedError) {
    say(terminal, error.message, error.hint);
    return EXIT.error;
  }
  if (error instanceof ApiProblem) {
    say(terminal, `${error.message} (${error.code})`, error.hint);
    for (const { path, message } of error.fields)
      terminal.say(`  ${colours.yellow(visible(path) || 'body')}: ${visible(message)}`);
    return exitCodeOf(error);
  }
  terminal.say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return EXIT.error;
}

function exitCodeOf({ status, code }: ApiProblem): number {
  if (code === 'plan-changed') return EXIT.planChanged;
  if (status === 400) return EXIT.usage;
  if (status === 401 || status === 403) return EXIT.notAllowed;
  return status === 404 || status === 410 ? EXIT.nothingMatched : EXIT.error;
}

function say(terminal: Terminal, message: string, hint: string | undefined): void {
  terminal.say(`${colours.red('error')} ${visible(message)}`);
  if (hint) terminal.say(`  ${visible(hint)}`);
}
