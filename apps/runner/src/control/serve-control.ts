import {
  cleanRequest,
  holdRequest,
  inspectRequest,
  type RunnerControl,
  startRequest,
  stopRunnerRequest,
  subjects,
} from '@necrocode/contracts';
import type { RunnerId } from '@necrocode/domain';
import type { MessagingConnection } from '@necrocode/messaging';
import type { Logger } from '@necrocode/service-kit/process';
import type { Msg } from '@nats-io/nats-core';
import type { z } from 'zod';
import type { Agent } from './agent.js';

/** Answers the control requests of this runner. Resolves once the server knows of the subscriptions. */
export async function serveControl(
  connection: MessagingConnection,
  runnerId: RunnerId,
  agent: Agent,
  logger: Logger,
): Promise<() => Promise<void>> {
  const { nats } = connection;
  const serve = <Schema extends z.ZodType>(
    control: RunnerControl,
    schema: Schema,
    answer: (request: z.infer<Schema>) => unknown,
  ) =>
    nats.subscribe(subjects.runner(runnerId, control), {
      callback: (error, message) => {
        if (error) return logger.error({ err: error, control }, 'subscription failed');
        void respond(message, schema, answer).catch((fault: unknown) => {
          // Without an answer the asker times out and asks again; the fault is here for the operator.
          logger.error({ err: fault, control }, 'a control request failed');
        });
      },
    });
  const subscriptions = [
    serve('start', startRequest, (request) => agent.start(request)),
    serve('stop', stopRunnerRequest, (request) => agent.stop(request)),
    serve('freeze', holdRequest, (request) => agent.freeze(request)),
    serve('thaw', holdRequest, (request) => agent.thaw(request)),
    serve('clean', cleanRequest, (request) => agent.clean(request)),
    serve('inspect', inspectRequest, (request) => agent.inspect(request)),
  ];
  await nats.flush();
  return async () => {
    await Promise.all(subscriptions.map((subscription) => subscription.drain()));
  };
}

async function respond<Schema extends z.ZodType>(
  message: Msg,
  schema: Schema,
  answer: (request: z.infer<Schema>) => unknown,
): Promise<void> {
  const reply = await answer(schema.parse(message.json()));
  if (reply !== null) message.respond(JSON.stringify(reply));
}
