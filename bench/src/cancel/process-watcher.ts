import { Worker } from 'node:worker_threads';

/** Looks at /proc/PID/stat four times a millisecond from a thread of its own: outside of everything that is measured. */
const LOOP = `
  const { parentPort } = require('node:worker_threads');
  const { readFileSync } = require('node:fs');
  const sleeper = new Int32Array(new SharedArrayBuffer(4));
  parentPort.on('message', (pid) => {
    for (const deadline = performance.now() + 30000; performance.now() < deadline; Atomics.wait(sleeper, 0, 0, 0.25)) {
      let state = 'gone';
      try {
        const stat = readFileSync('/proc/' + pid + '/stat', 'utf8');
        state = stat.slice(stat.lastIndexOf(')') + 2)[0];
      } catch {}
      if (state === 'gone' || state === 'Z' || state === 'X') {
        return parentPort.postMessage(performance.timeOrigin + performance.now());
      }
    }
    parentPort.postMessage(null);
  });
`;

export class ProcessWatcher {
  private readonly worker = new Worker(LOOP, { eval: true });

  /** When the process was gone (a zombie is), ms since the epoch with fractions. @throws {Error} when it still lives after 30 s */
  async goneAt(pid: number): Promise<number> {
    const answer = new Promise<number | null>((resolve) => this.worker.once('message', resolve));
    this.worker.postMessage(pid);
    const at = await answer;
    if (at === null) throw new Error(`process ${pid} is still alive`);
    return at;
  }

  async close(): Promise<void> {
    await this.worker.terminate();
  }
}

/** Wall clock with fractions of a millisecond, comparable between threads. */
export function clock(): number {
  return performance.timeOrigin + performance.now();
}
