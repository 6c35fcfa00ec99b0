import type { Position } from '@necrocode/event-store';

/** Where a consumer has got to, kept where it keeps its own data. Shared by all replicas of a purpose. */
export interface Checkpoint {
  /** The position below and at which everything is handled; 0n when nothing is. */
  load(): Promise<Position>;
  /** Must never go back: a replica that was replaced may still save an older position, so keep the greater one. */
  save(position: Position): Promise<void>;
}

/** Saves the newest position, one save at a time, at most one per interval. A crash between saves means some events are handled twice. */
export class CheckpointSaver {
  #saved: Position;
  #timer: NodeJS.Timeout | undefined;
  #saving: Promise<void> = Promise.resolve();

  constructor(
    private readonly checkpoint: Checkpoint,
    private readonly position: () => Position,
    private readonly everyMs: number,
    private readonly onSaved: (position: Position) => void,
    private readonly onFault: (error: unknown) => void,
  ) {
    this.#saved = position();
  }

  /** The position may have moved. */
  touch(): void {
    this.#timer ??= setTimeout(() => void this.flush(), this.everyMs);
  }

  /** Saves now, after a save that is under way. A failed save is reported and tried again at the next one. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#saving = this.#saving.then(() => this.#save());
    return this.#saving;
  }

  async #save(): Promise<void> {
    const position = this.position();
    if (position <= this.#saved) return;
    try {
      await this.checkpoint.save(position);
      this.#saved = position;
      this.onSaved(position);
    } catch (error) {
      this.onFault(error);
      this.touch();
    }
  }
}
