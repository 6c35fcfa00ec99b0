/** Somebody did not answer, or could not be reached. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
}
