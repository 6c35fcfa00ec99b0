import { aggregateNames, eventName, parseEventSubject } from '@necrocode/contracts';

/** What a consumer reads; the rest only passes by. */
export interface Interest {
  inType(type: string): boolean;
  inSubject(subject: string): boolean;
}

/** @param types of events; undefined: everything */
export function interestIn(types: readonly string[] | undefined): Interest {
  if (types === undefined) return { inType: () => true, inSubject: () => true };
  const wanted = new Set(types);
  const names = new Set(
    aggregateNames.flatMap((aggregate) => types.map((type) => key(aggregate, eventName(aggregate, type)))),
  );
  return {
    inType: (type) => wanted.has(type),
    inSubject(subject) {
      const parsed = parseEventSubject(subject);
      // What is no event is read, and refused there.
      return parsed === undefined || names.has(key(parsed.aggregate, parsed.event));
    },
  };
}

const key = (aggregate: string, event: string): string => `${aggregate}.${event}`;
