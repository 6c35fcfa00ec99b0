import { cleanReply, type CleanReply, type CleanRequest, subjects } from '@necrocode/contracts';
import type { RunnerId } from '@necrocode/domain';
import { isNoResponders, isTimeout, type MessagingConnection } from '@necrocode/messaging';
import { CodedError } from '@necrocode/service-kit';

/** Asks a runner to clean. @throws {CodedError} `runner-unreachable` when it does not answer */
export class AskRunner {
  constructor(
    private readonly connection: MessagingConnection,
    private readonly answerWithinMs: number,
  ) {}

  async clean(runnerId: RunnerId, request: CleanRequest): Promise<CleanReply> {
    const { nats, link } = this.connection;
    try {
      const subject = subjects.runner(runnerId, 'clean');
      const message = await nats.request(subject, JSON.stringify(request), { timeout: this.answerWithinMs });
      return cleanReply.parse(message.json());
    } catch (error) {
      const silent = isNoResponders(error) || isTimeout(error) || link.state !== 'connected';
      if (silent) throw new CodedError('runner-unreachable', { runnerId }, { cause: error });
      throw error;
    }
  }
}
