import { type RunnerControl as Control, subjects } from '@necrocode/contracts';
import type { RunnerId } from '@necrocode/domain';
import { messageHeaders, type MessagingConnection, whileConnected } from '@necrocode/messaging';
import { headers, type Msg } from '@nats-io/nats-core';
import type { z } from 'zod';

/** Asks agents over core NATS. */
export class RunnerControl {
  constructor(
    private readonly connection: MessagingConnection,
    private readonly answerWithinMs: number,
  ) {}

  /**
   * The request has been written to the connection when this returns its promise.
   * @returns null when the runner cannot be reached or does not answer in time @throws {ZodError} when the answer is none
   */
  async ask<Reply>(
    runnerId: RunnerId,
    control: Control,
    request: object,
    reply: z.ZodType<Reply>,
    traceparent?: string,
  ): Promise<Reply | null> {
    const message = await this.request(runnerId, control, request, traceparent);
    return message && reply.parse(message.json());
  }

  private async request(
    runnerId: RunnerId,
    control: Control,
    request: object,
    traceparent: string | undefined,
  ): Promise<Msg | null> {
    const { nats, link } = this.connection;
    const carried = headers();
    if (traceparent !== undefined) carried.set(messageHeaders.traceparent, traceparent);
    try {
      const answer = nats.request(subjects.runner(runnerId, control), JSON.stringify(request), {
        timeout: this.answerWithinMs,
        headers: carried,
      });
      return await whileConnected(link, answer);
    } catch {
      return null; // No responders, a time-out, a closed connection: nobody has heard an answer.
    }
  }
}
