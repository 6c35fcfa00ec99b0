import type { SeedFailure } from '../run/run-seeds.js';

export interface Progress {
  readonly history: (failure: SeedFailure | null) => void;
  end(): void;
  seconds(): number;
}

const EVERY_MS = 500;

/** A line that counts histories where somebody watches; nothing where the output is kept. */
export function progressOn(stream: NodeJS.WriteStream, total: number): Progress {
  const startedAt = performance.now();
  const seconds = (): number => (performance.now() - startedAt) / 1000;
  let [done, broken, shownAt] = [0, 0, 0];
  const show = (): void => {
    shownAt = performance.now();
    stream.write(`\r${done}/${total} histories, ${(done / seconds()).toFixed(0)}/s, ${broken} broken `);
  };
  return {
    history: (failure) => {
      done += 1;
      if (failure) broken += 1;
      if (stream.isTTY && performance.now() - shownAt > EVERY_MS) show();
    },
    end: () => {
      if (stream.isTTY) stream.write('\r\u001b[K');
    },
    seconds,
  };
}
