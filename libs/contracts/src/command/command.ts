import { z } from 'zod';
import { problemSchema } from '../rest/problem.js';
import { subjects } from '../subjects.js';

/** Who asks, in which trace. `id` makes the command repeatable: the same id is the same command. */
export const commandMeta = z.object({
  id: z.uuid(),
  actor: z.string().min(1),
  traceparent: z.string().optional(),
});
export type CommandMeta = z.infer<typeof commandMeta>;

/** A service's answer: the value asked for, or a coded refusal. Faults never travel: they become a code. */
export type CommandReply<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problem: z.infer<typeof problemSchema> };

/** A request/reply contract between services over core NATS. */
export interface Command<Body, Value> {
  readonly service: string;
  readonly subject: string;
  readonly request: z.ZodType<CommandRequest<Body>>;
  readonly reply: z.ZodType<CommandReply<Value>>;
}

export interface CommandRequest<Body> {
  readonly meta: CommandMeta;
  readonly body: Body;
}

export function command<Body, Value>(
  service: string,
  verbNoun: string,
  body: z.ZodType<Body>,
  value: z.ZodType<Value>,
): Command<Body, Value> {
  const reply = z.discriminatedUnion('ok', [
    z.object({ ok: z.literal(true), value }),
    z.object({ ok: z.literal(false), problem: problemSchema }),
  ]);
  return {
    service,
    subject: subjects.command(service, verbNoun),
    request: z.object({ meta: commandMeta, body }),
    reply,
  };
}
