import { Unavailable } from './unavailable.js';
import type { Host } from './host.js';
import type { Life } from './life.js';

const TIMEOUT_MS = 2_000;

/**
 * Core NATS: requests and their answers, each of which may be late or lost, in any order. An answer that is lost says nothing
 * about whether the work was done.
 * @param work what the one asked does, in its own process @throws {Unavailable}
 */
export function request<Value>(
  from: Life,
  to: Host,
  work: (there: Life) => Promise<Value>,
  timeoutMs = TIMEOUT_MS,
): Promise<Value> {
  const { world } = from;
  let isOver = false;
  return new Promise((resolve, reject) => {
    const settle = (done: () => void): void =>
      from.after(world.latency(), () => {
        isOver = true;
        done();
      });
    const isCut = (): boolean => from.host.isCutOff || to.isCutOff;
    from.after(timeoutMs, () => !isOver && reject(new Unavailable(`${to.name} does not answer`)));
    if (isCut() || !to.life) {
      world.reach('request-lost');
      return settle(() => reject(new Unavailable(`${to.name} is not there`)));
    }
    world.after(world.latency(), () => {
      const there = to.life;
      if (!there || isCut()) return;
      there.after(0, () => {
        work(there).then(
          (value) => (isCut() ? world.reach('answer-lost') : settle(() => resolve(value))),
          (error: unknown) => {
            if (!isCut()) settle(() => reject(error instanceof Error ? error : new Error('refused')));
          },
        );
      });
    });
  });
}
