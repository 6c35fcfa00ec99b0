/** One field of a stream or consumer that differs from its specification. */
export interface FieldChange {
  readonly field: string;
  readonly from: unknown;
  readonly to: unknown;
}

/** The server has something that cannot become what is asked for without losing messages, or at all. A person must decide. */
export class RefusedChanges extends Error {
  override readonly name = 'RefusedChanges';
  readonly code = 'provisioning-refused';
  constructor(
    readonly target: string,
    readonly changes: readonly FieldChange[],
  ) {
    super(
      `${target} exists and differs in what must not be changed in place: ${changes.map(describe).join('; ')}. ` +
        'Move its messages and delete it, or set it back.',
    );
  }
}

function describe({ field, from, to }: FieldChange): string {
  return `${field} is ${JSON.stringify(from)}, wanted ${JSON.stringify(to)}`;
}
