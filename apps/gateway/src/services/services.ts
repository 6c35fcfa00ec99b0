import { Inject, Injectable } from '@nestjs/common';
import type { Command } from '@necrocode/contracts';
import type { MessagingConnection } from '@necrocode/messaging';
import { CodedError, COMMANDS, type CommandClient, MESSAGING } from '@necrocode/service-kit';
import type { Caller } from '../http/caller.js';

/** The other services, asked in a caller's name and trace. */
@Injectable()
export class Services {
  constructor(
    @Inject(COMMANDS) private readonly commands: CommandClient,
    @Inject(MESSAGING) private readonly messaging: MessagingConnection,
  ) {}

  /** @throws {CodedError} `messaging-unavailable` or `service-unavailable` @throws {RemoteProblem} a coded refusal */
  ask<Body, Value>(command: Command<Body, Value>, body: Body, caller: Caller, id?: string): Promise<Value> {
    const { stretch } = this.messaging.link;
    const { principal: actor, traceparent } = caller;
    const answer = this.commands.ask(command, body, { actor, traceparent, ...(id === undefined ? {} : { id }) });
    return raceBreak(answer, stretch);
  }
}

/** The connection breaking is the end of waiting: an answer can no longer come, and the client library would not say so. */
async function raceBreak<Value>(answer: Promise<Value>, stretch: AbortSignal): Promise<Value> {
  let broken: (() => void) | undefined;
  const breaking = new Promise<never>((_, reject) => {
    broken = () => reject(new CodedError('messaging-unavailable', {}, { cause: stretch.reason }));
    stretch.addEventListener('abort', broken, { once: true });
  });
  try {
    return await Promise.race([answer, breaking]);
  } finally {
    if (broken) stretch.removeEventListener('abort', broken);
  }
}
