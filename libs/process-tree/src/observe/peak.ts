/** The most processes seen alive at once. */
export class Peak {
  #processes = 0;

  get processes(): number {
    return this.#processes;
  }

  note(processes: number): void {
    this.#processes = Math.max(this.#processes, processes);
  }
}
