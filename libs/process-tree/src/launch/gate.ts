import type { ChildProcess } from 'node:child_process';
import type { Duplex } from 'node:stream';
import { goAhead } from './launcher.js';

/** What holds a launcher back from becoming the command. */
export interface Gate {
  /** Lets it go. Resolves with null once the command runs (or was killed on the way), or with the shell's exit code if it could not be executed. */
  open(): Promise<number | null>;
  /** Now it can never be let go. */
  shut(): void;
}

export function gateOf(child: ChildProcess): Gate {
  const line = child.stdio[3] as Duplex; // Descriptor 3 is spawned as 'pipe', which is a socket both ways.
  let verdict = '';
  const ended = new Promise<void>((resolve) => line.once('close', () => resolve()));
  line.on('data', (chunk: Buffer) => (verdict += chunk.toString()));
  line.on('error', () => line.destroy()); // The launcher was killed: the end of the child tells.
  return {
    async open() {
      line.write(goAhead);
      await ended;
      return verdict === '' ? null : Number.parseInt(verdict, 10);
    },
    shut: () => void line.destroy(),
  };
}
