import type { z } from 'zod';

type DataOf<Event, Type> = Omit<Extract<Event, { readonly type: Type }>, 'type'>;

/**
 * A schema of the data of each event of an aggregate: one that is missing, that is none of its events, or that would let through
 * what the domain could not have meant does not compile.
 */
export type EventSchemas<Event extends { readonly type: string }> = {
  readonly [Type in Event['type']]: z.ZodType<DataOf<Event, Type>>;
};
