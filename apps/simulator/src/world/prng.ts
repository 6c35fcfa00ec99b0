/** A small seeded generator (sfc32): the same seed gives the same numbers on every machine. */
export class Prng {
  #a = 0x9e3779b9;
  #b = 0x243f6a88;
  #c: number;
  #d: number;

  constructor(seed: number) {
    this.#c = seed >>> 0;
    this.#d = (seed / 0x1_0000_0000) >>> 0 || 1;
    for (let round = 0; round < 12; round++) this.next();
  }

  /** 0 ≤ x < 1 */
  next(): number {
    const t = (this.#a + this.#b + this.#d) | 0;
    this.#d = (this.#d + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + t;
    this.#c |= 0;
    return (t >>> 0) / 0x1_0000_0000;
  }

  /** 0 ≤ n < `below` */
  int(below: number): number {
    return Math.floor(this.next() * below);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }
}
