import { Inject, Injectable } from '@nestjs/common';
import { type OutputChunk, outputChunk, streamNames, subjects } from '@necrocode/contracts';
import type { ExecutionId } from '@necrocode/domain';
import type { MessagingConnection } from '@necrocode/messaging';
import { CodedError, MESSAGING } from '@necrocode/service-kit';
import type { ConsumerMessages, JsMsg } from '@nats-io/jetstream';

export interface OutputMessage {
  /** Its place in the stream of all output. */
  readonly sequence: number;
  readonly chunk: OutputChunk;
}

/** What executions wrote, from JetStream, in the order it arrived. */
@Injectable()
export class OutputStream {
  constructor(@Inject(MESSAGING) private readonly messaging: MessagingConnection) {}

  /** @throws {CodedError} `messaging-unavailable` */
  async lastSequence(): Promise<number> {
    this.#assertConnected();
    return (await this.messaging.manager.streams.info(streamNames.output)).state.last_seq;
  }

  /**
   * The output of these executions behind `after`.
   * @param live go on with what follows until `signal` aborts, instead of ending where the stream does
   * @throws {CodedError} `messaging-unavailable` when the connection breaks: an answer cannot wait for its return
   */
  async *read(
    executionIds: readonly ExecutionId[],
    after: number,
    live: boolean,
    signal: AbortSignal,
  ): AsyncGenerator<OutputMessage, void, undefined> {
    if (executionIds.length === 0 || signal.aborted) return;
    this.#assertConnected();
    const { stretch } = this.messaging.link;
    const consumer = await this.messaging.jetstream.consumers.get(streamNames.output, {
      filter_subjects: executionIds.map((id) => subjects.outputOf(id)),
      opt_start_seq: after + 1,
    });
    try {
      const { num_pending: waiting } = await consumer.info(true);
      if (!live && waiting === 0) return;
      const messages = await consumer.consume();
      yield* untilDone(messages, live, AbortSignal.any([signal, stretch]));
    } finally {
      if (!stretch.aborted) await consumer.delete().catch(() => false); // It would be gone by itself in five minutes.
    }
    if (stretch.aborted) throw new CodedError('messaging-unavailable');
  }

  #assertConnected(): void {
    if (this.messaging.link.state !== 'connected') throw new CodedError('messaging-unavailable');
  }
}

async function* untilDone(
  messages: ConsumerMessages,
  live: boolean,
  stop: AbortSignal,
): AsyncGenerator<OutputMessage, void, undefined> {
  const halt = (): void => messages.stop();
  stop.addEventListener('abort', halt, { once: true });
  if (stop.aborted) halt();
  try {
    for await (const message of messages) {
      const read = parse(message);
      if (read) yield read;
      if (!live && message.info.pending === 0) return;
    }
  } finally {
    stop.removeEventListener('abort', halt);
    messages.stop();
  }
}

/** What is no chunk of ours is left out: one bad message must not hide all others. */
function parse(message: JsMsg): OutputMessage | null {
  try {
    return { sequence: message.seq, chunk: outputChunk.parse(message.json()) };
  } catch {
    return null;
  }
}
