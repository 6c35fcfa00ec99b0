import type { Cell } from './cell.js';

/** Freezes a cell and lets it go; letting go wins, also over a freeze that is under way. */
export class Freezer {
  #isWanted = false;

  constructor(private readonly cell: Pick<Cell, 'freeze' | 'thaw'>) {}

  get isWanted(): boolean {
    return this.#isWanted;
  }

  /** Again: whoever has come or moved since. False: not all stand still. */
  async freeze(): Promise<boolean> {
    this.#isWanted = true;
    const still = await this.cell.freeze();
    if (!this.#isWanted) this.cell.thaw(); // It was let go while it was being frozen.
    return still && this.#isWanted;
  }

  thaw(): void {
    this.#isWanted = false;
    this.cell.thaw();
  }
}
