import { randomUUID } from 'node:crypto';
import { type Command, type CommandMeta, type CommandReply, type RunnerControl, subjects } from '@necrocode/contracts';
import type { RunnerId } from '@necrocode/domain';
import { isNoResponders, isTimeout, type MessagingConnection, whileConnected } from '@necrocode/messaging';
import { CodedError } from '../errors/coded-error.js';
import { RemoteProblem } from '../errors/problem.js';

export interface AskOptions {
  readonly actor: string;
  /** Repeating a command with the same id is harmless. Default: a new one. */
  readonly id?: string;
  readonly traceparent?: string | undefined;
  /** Default 5 s: far above any answer, below a caller's patience. */
  readonly timeoutMs?: number;
}

/**
 * Asks another service over core NATS, in the envelope of Nest's NATS transport (`{pattern, data, id}` →
 * `{response, err}`), which serves the other end. One request is one round trip on the process's connection; Nest's own
 * client subscribes anew for each.
 */
export class CommandClient {
  constructor(private readonly connection: MessagingConnection) {}

  /** @throws {RemoteProblem} a coded refusal @throws {CodedError} `service-unavailable` when nobody answers in time */
  async ask<Body, Value>(command: Command<Body, Value>, body: Body, options: AskOptions): Promise<Value> {
    const { actor, traceparent, timeoutMs = 5_000 } = options;
    const id = options.id ?? randomUUID();
    const meta: CommandMeta = { id, actor, ...(traceparent === undefined ? {} : { traceparent }) };
    const packet = JSON.stringify({ pattern: command.subject, id, data: { meta, body } });
    const reply = await this.request(command, packet, timeoutMs);
    if (!reply.ok) throw new RemoteProblem(reply.problem);
    return reply.value;
  }

  /** Tells a runner beside the durable path: nobody waits for an answer, and it may be lost. */
  tellRunner(runnerId: RunnerId, control: RunnerControl, request: object): void {
    const { nats, link } = this.connection;
    if (link.state === 'connected') nats.publish(subjects.runner(runnerId, control), JSON.stringify(request));
  }

  private async request<Body, Value>(
    command: Command<Body, Value>,
    packet: string,
    timeout: number,
  ): Promise<CommandReply<Value>> {
    const { nats, link } = this.connection;
    if (link.state !== 'connected') throw new CodedError('messaging-unavailable');
    try {
      const message = await whileConnected(link, nats.request(command.subject, packet, { timeout }));
      if (message === null) throw new CodedError('messaging-unavailable');
      return command.reply.parse(message.json<{ response: unknown }>().response);
    } catch (error) {
      if (link.state !== 'connected') throw new CodedError('messaging-unavailable', {}, { cause: error });
      const silent = isNoResponders(error) || isTimeout(error);
      if (silent) throw new CodedError('service-unavailable', { service: command.service }, { cause: error });
      throw error;
    }
  }
}
