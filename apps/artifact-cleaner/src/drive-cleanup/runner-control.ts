import { type CleanReply, cleanReply, type CleanRequest, subjects } from '@necrocode/contracts';
import type { RunnerId } from '@necrocode/domain';
import { messageHeaders, type MessagingConnection } from '@necrocode/messaging';
import { headers, type Msg } from '@nats-io/nats-core';

/** Asks agents to clean, over core NATS. */
export class RunnerControl {
  constructor(
    private readonly connection: MessagingConnection,
    private readonly answerWithinMs: number,
  ) {}

  /** @returns null when the runner cannot be reached or does not answer in time @throws {ZodError} when the answer is none */
  async clean(runnerId: RunnerId, request: CleanRequest, traceparent: string | undefined): Promise<CleanReply | null> {
    const message = await this.request(runnerId, request, traceparent);
    return message && cleanReply.parse(message.json());
  }

  private async request(
    runnerId: RunnerId,
    request: CleanRequest,
    traceparent: string | undefined,
  ): Promise<Msg | null> {
    const { nats, link } = this.connection;
    const carried = headers();
    if (traceparent !== undefined) carried.set(messageHeaders.traceparent, traceparent);
    const { stretch } = link;
    let stopWatching = (): void => undefined;
    // The client lets what was under way on a broken connection run into its time-out.
    const broken = new Promise<null>((resolve) => {
      const onBroken = (): void => resolve(null);
      stopWatching = () => stretch.removeEventListener('abort', onBroken);
      if (stretch.aborted) resolve(null);
      else stretch.addEventListener('abort', onBroken, { once: true });
    });
    try {
      const answer = nats.request(subjects.runner(runnerId, 'clean'), JSON.stringify(request), {
        timeout: this.answerWithinMs,
        headers: carried,
      });
      return await Promise.race([answer, broken]);
    } catch {
      return null; // No responders, a time-out, a closed connection: nobody has heard an answer.
    } finally {
      stopWatching();
    }
  }
}
