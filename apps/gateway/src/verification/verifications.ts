import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { CodedError } from '@necrocode/service-kit';
import type { FastifyReply } from 'fastify';
import { Shutdown } from '../wake/shutdown.js';

type Run<Line> = (signal: AbortSignal) => AsyncGenerator<Line, void, undefined>;

/** Sends what a verification finds, one JSON object a line, as it goes on. It ends when the caller hangs up or the gateway stops. */
@Injectable()
export class Verifications {
  #isRunning = false;

  constructor(private readonly shutdown: Shutdown) {}

  /** @throws {CodedError} `verification-under-way`: each reads the whole store, so there is one at a time */
  async send<Line>(reply: FastifyReply, run: Run<Line>): Promise<void> {
    if (this.#isRunning) throw new CodedError('verification-under-way');
    this.#isRunning = true;
    const found = this.#released(run);
    // What is refused at once is a problem, not a stream that breaks.
    const first = await found.next();
    const lines = Readable.from(jsonLines(first, found));
    // Also when nobody has read a line of it.
    lines.once('close', () => void found.return());
    await reply.header('content-type', 'application/jsonl; charset=utf-8').send(lines);
  }

  async *#released<Line>(run: Run<Line>): AsyncGenerator<Line, void, undefined> {
    try {
      yield* run(this.shutdown.signal);
    } finally {
      this.#isRunning = false;
    }
  }
}

async function* jsonLines<Line>(
  first: IteratorResult<Line, void>,
  rest: AsyncGenerator<Line, void, undefined>,
): AsyncGenerator<string, void, undefined> {
  if (first.done !== true) yield `${JSON.stringify(first.value)}\n`;
  for await (const line of rest) yield `${JSON.stringify(line)}\n`;
}
