import { type CleanReply, cleanReply, type CleanRequest, subjects } from '@necrocode/contracts';
import type { RunnerId } from '@necrocode/domain';
import { isTimeout, messageHeaders, type MessagingConnection, whileConnected } from '@necrocode/messaging';
import { headers, type Msg } from '@nats-io/nats-core';

/**
 * An agent that dies over a request answers never, and nothing says so. Whoever takes over hears of it when it is asked
 * again; one that is still at it answers both.
 */
const ASK_AGAIN_MS = 2_000;

/** Asks agents to clean, over core NATS. */
export class RunnerControl {
  constructor(
    private readonly connection: MessagingConnection,
    private readonly answerWithinMs: number,
  ) {}

  /** @returns null when the runner cannot be reached or does not answer in time @throws {ZodError} when the answer is none */
  async clean(runnerId: RunnerId, request: CleanRequest, traceparent: string | undefined): Promise<CleanReply | null> {
    for (let leftMs = this.answerWithinMs; leftMs > 0; leftMs -= ASK_AGAIN_MS) {
      const message = await this.request(runnerId, request, traceparent, Math.min(ASK_AGAIN_MS, leftMs));
      if (message !== 'silence') return message && cleanReply.parse(message.json());
    }
    return null;
  }

  private async request(
    runnerId: RunnerId,
    request: CleanRequest,
    traceparent: string | undefined,
    withinMs: number,
  ): Promise<Msg | 'silence' | null> {
    const { nats, link } = this.connection;
    const carried = headers();
    if (traceparent !== undefined) carried.set(messageHeaders.traceparent, traceparent);
    try {
      const answer = nats.request(subjects.runner(runnerId, 'clean'), JSON.stringify(request), {
        timeout: withinMs,
        headers: carried,
      });
      return await whileConnected(link, answer);
    } catch (error) {
      return isTimeout(error) ? 'silence' : null; // No responders, a closed connection: nobody is there.
    }
  }
}
