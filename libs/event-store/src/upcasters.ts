/** Turns the data of one schema version into that of the next. Pure; never changed once released. */
export type Upcast = (data: unknown) => unknown;

/** Per event type the steps from version 1 up: the first turns 1 into 2, the second 2 into 3. */
export type UpcastSteps = Readonly<Record<string, readonly Upcast[]>>;

/** Reads events of every version ever written. A type that never changed need not be listed. */
export class Upcasters {
  constructor(readonly steps: UpcastSteps = {}) {}

  /** The version new events of this type are written with. */
  currentVersion(type: string): number {
    return this.#stepsOf(type).length + 1;
  }

  /**
   * The data in its current shape.
   * @throws {UnknownSchemaVersion} for an event written by a newer release
   */
  upcast(type: string, schemaVersion: number, data: unknown): unknown {
    if (schemaVersion > this.currentVersion(type)) throw new UnknownSchemaVersion(type, schemaVersion);
    return this.#stepsOf(type)
      .slice(schemaVersion - 1)
      .reduce((older, step) => step(older), data);
  }

  #stepsOf(type: string): readonly Upcast[] {
    return Object.hasOwn(this.steps, type) ? (this.steps[type] ?? []) : [];
  }
}

/**
 * Upcasters that are complete: one step for each version a kind of event had before the one that is written now.
 * @throws {Error} naming the kind whose steps are too few, too many, or those of no event there is
 */
export function upcastersFor(
  kinds: readonly { readonly type: string; readonly schemaVersion: number }[],
  steps: UpcastSteps,
): Upcasters {
  const upcasters = new Upcasters(steps);
  for (const { type, schemaVersion } of kinds)
    if (upcasters.currentVersion(type) !== schemaVersion)
      throw new Error(
        `${type} is written in version ${schemaVersion}, and its upcasters lead to ${upcasters.currentVersion(type)}`,
      );
  const known = new Set(kinds.map(({ type }) => type));
  const stray = Object.keys(steps).find((type) => !known.has(type));
  if (stray !== undefined) throw new Error(`there are upcasters of ${stray}, which is no event`);
  return upcasters;
}

/** The event was written by a newer release than this one. Finish the roll-out; never guess its shape. */
export class UnknownSchemaVersion extends Error {
  override readonly name = 'UnknownSchemaVersion';
  constructor(
    readonly type: string,
    readonly schemaVersion: number,
  ) {
    super(`event type ${type} has schema version ${schemaVersion}, which this release does not know`);
  }
}
