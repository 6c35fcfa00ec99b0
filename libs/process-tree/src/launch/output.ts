import { closeSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { libc } from '../native/libc.js';

/** `pipe`: the caller reads it, and must, or the tree blocks. `ignore`: /dev/null. A number: a descriptor of ours. */
export type OutputTarget = 'pipe' | 'ignore' | number;

export interface OutputEnd {
  /** What the child gets as its descriptor. */
  readonly stdio: 'ignore' | 'pipe' | number;
  /** To be called once, when the child has been spawned or could not be: answers what to read from. */
  spawned(own: Readable | null | undefined): Readable | null;
}

/**
 * A real pipe where there is one to be had. Node's own is a socket, and a job that opens /dev/stdout or /dev/stderr
 * (`tee /dev/stderr`, every container image that logs to a "file") fails on a socket with ENXIO.
 */
export function openOutput(target: OutputTarget): OutputEnd {
  if (target !== 'pipe') return { stdio: target, spawned: () => null };
  const pipe = libc()?.pipe();
  if (pipe === undefined) return { stdio: 'pipe', spawned: (own) => own ?? null };
  return {
    stdio: pipe.write,
    spawned() {
      closeSync(pipe.write);
      return new Socket({ fd: pipe.read, readable: true, writable: false });
    },
  };
}

/** Resolves when the stream has ended or was destroyed; at once for none. */
export function closed(stream: Readable | null): Promise<void> {
  if (stream === null || stream.closed) return Promise.resolve();
  return new Promise((resolve) => {
    stream.once('close', () => resolve());
    stream.once('error', () => resolve());
  });
}
