/** A field that differs; `undefined` where a side has none. */
export interface Difference {
  /** Path, with dots; empty for the value itself. */
  readonly field: string;
  readonly live: unknown;
  readonly rebuilt: unknown;
}

/** Every field in which two JSON values differ; the order of keys does not count. */
export function differencesOf(live: unknown, rebuilt: unknown, field = ''): readonly Difference[] {
  if (Object.is(live, rebuilt)) return [];
  const [one, other] = [membersOf(live), membersOf(rebuilt)];
  if (!one || !other || Array.isArray(live) !== Array.isArray(rebuilt)) return [{ field, live, rebuilt }];
  return [...new Set([...one.keys(), ...other.keys()])].flatMap((name) =>
    differencesOf(one.get(name), other.get(name), field === '' ? name : `${field}.${name}`),
  );
}

function membersOf(value: unknown): ReadonlyMap<string, unknown> | null {
  return typeof value === 'object' && value !== null ? new Map(Object.entries(value)) : null;
}
