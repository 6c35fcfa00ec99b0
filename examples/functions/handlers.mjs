// Functions that tasks run as their `handler`. Start them with: npx necrocode up --worker examples/functions/handlers.mjs
// or, beside a system that is up: npx necrocode worker examples/functions/handlers.mjs
import { setTimeout as delay } from 'node:timers/promises';
import { worker } from '@necrocode/client/worker';

export default worker({
  /** Returns its result; what it writes is the task's output. */
  greet({ name }, { write }) {
    write(`Hello, ${name}\n`);
    return { greeted: name };
  },

  /** Works in steps and stops between two of them when it is asked to. */
  async count({ to, everyMs }, { signal, write, log }) {
    for (let number = 1; number <= to; number += 1) {
      await delay(everyMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) {
        log(`stopping at ${number}: ${signal.reason.name}`);
        throw signal.reason;
      }
      write(`${number}\n`);
    }
    return { counted: to };
  },

  /** What it throws fails the task. */
  fail({ message }) {
    throw new Error(message);
  },

  /** Ignores its signal: it is killed, with its process, when its grace period is over. */
  ignore(_input, { write }) {
    write('ignoring\n');
    return new Promise(() => setInterval(() => undefined, 1_000));
  },
});
