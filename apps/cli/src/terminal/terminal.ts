import { createInterface } from 'node:readline/promises';
import colours from 'picocolors';

/** stdout is data, stderr is progress and everything said to a person. */
export interface Terminal {
  data(text: string): void;
  say(text: string): void;
  /** A line that what follows replaces; nothing without a terminal. null takes it away. */
  status(text: string | null): void;
  /** Columns to fit; a wide default where there is no terminal. */
  readonly width: number;
  readonly isInteractive: boolean;
  ask(question: string): Promise<string>;
}

export function processTerminal({ stdin, stdout, stderr }: NodeJS.Process = process): Terminal {
  const live = stderr.isTTY && stdout.isTTY;
  let shown = false;
  const clear = (): void => {
    if (shown) stderr.write('\r\x1b[2K');
    shown = false;
  };
  return {
    data: (text) => {
      clear();
      stdout.write(`${text}\n`);
    },
    say: (text) => {
      clear();
      stderr.write(`${text}\n`);
    },
    status: (text) => {
      clear();
      shown = live && text !== null;
      if (shown) stderr.write(text ?? '');
    },
    width: stdout.columns ?? 200,
    isInteractive: stdin.isTTY && stderr.isTTY,
    async ask(question) {
      const prompt = createInterface({ input: stdin, output: stderr });
      try {
        return await prompt.question(question);
      } finally {
        prompt.close();
      }
    },
  };
}

/** Colours by what a word says. picocolors keeps NO_COLOR, FORCE_COLOR and pipes. */
export function paint(word: string): string {
  const plain = word.trim();
  if (['completed', 'ready', 'up', 'ok', 'cancelled', 'free'].includes(plain)) return colours.green(word);
  if (['failed', 'forced', 'lost', 'quarantined', 'unconfirmed', 'unhealthy', 'died', 'fail'].includes(plain))
    return colours.red(word);
  if (
    ['cancelling', 'stopping', 'partial', 'retrying', 'warn', 'in-progress', 'requested', 'open', 'soiled'].includes(
      plain,
    )
  )
    return colours.yellow(word);
  if (['running', 'pending', 'leased', 'starting'].includes(plain)) return colours.cyan(word);
  return word;
}

export { colours };
