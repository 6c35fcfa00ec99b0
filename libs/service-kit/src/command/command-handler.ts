import type { Command, CommandReply, CommandRequest } from '@necrocode/contracts';
import { MessagePattern } from '@nestjs/microservices';
import type { Logger } from '../logging/logger.js';
import { problemOf, validationError } from '../errors/problem.js';

/** A controller whose methods answer commands; its logger has the faults that never travel. */
export interface AnswersCommands {
  readonly logger: Logger;
}

/**
 * Marks a controller's method as the answer to a command. Decodes the request, and turns what the method throws into a
 * coded refusal: the method itself only calls and returns.
 */
export function CommandHandler<Body, Value>(command: Command<Body, Value>) {
  return function decorate<This extends AnswersCommands>(
    target: This,
    key: string,
    descriptor: TypedPropertyDescriptor<(this: This, request: CommandRequest<Body>) => Promise<Value>>,
  ): void {
    const method = descriptor.value;
    if (!method) throw new TypeError(`${key} is not a method`);
    const answer = async function (this: This, request: unknown): Promise<CommandReply<Value>> {
      try {
        const parsed = command.request.safeParse(request);
        if (!parsed.success) throw validationError(parsed.error);
        return { ok: true, value: await method.call(this, parsed.data) };
      } catch (error) {
        const problem = problemOf(error);
        if (problem.status === 500) this.logger.error({ err: error, subject: command.subject }, 'command failed');
        else this.logger.debug({ code: problem.code, subject: command.subject }, 'command refused');
        return { ok: false, problem };
      }
    };
    // The decorator protocol writes this descriptor back to the class, so the answer must stand in it.
    Object.assign(descriptor, { value: answer });
    MessagePattern(command.subject)(target, key, descriptor);
  };
}
