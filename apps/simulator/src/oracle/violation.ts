/** What must never be, and was. */
export class Violation extends Error {
  override readonly name = 'Violation';
  constructor(
    /** Of `design/cancellation.md`, or what follows from one of them. */
    readonly invariant: string,
    message: string,
  ) {
    super(`${invariant}: ${message}`);
  }
}
