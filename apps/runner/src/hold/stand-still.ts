import type { CancellationId } from '@necrocode/domain';
import type { RecordedTree } from '@necrocode/process-tree';
import { heldBy } from '../execution/execution-file.js';
import type { FileInHand } from '../execution/file-in-hand.js';
import type { Reports } from '../execution/reports.js';
import type { ExecutionHold } from './execution-hold.js';
import type { PausableTimer } from './pausable-timer.js';

/** How often what stands still is looked at for who moves, ms. */
const REFREEZE_MS = 500;

type Freezable = Pick<RecordedTree, 'freeze' | 'thaw' | 'members'>;

/** One execution that stands still for as long as a cancellation holds it, and uses none of its time then; also before it starts. */
export class StandStill {
  #tree: Freezable | undefined;
  #timeout: PausableTimer | undefined;
  /** Freezes again whoever has come or been moved since. */
  #refreezing: NodeJS.Timeout | undefined;
  #isTold = false;
  #isOver = false;
  #mayRun: () => void = () => undefined;

  constructor(
    private readonly hold: ExecutionHold,
    private readonly file: FileInHand,
    private readonly reports: Pick<Reports, 'frozen' | 'thawed'>,
  ) {}

  async freeze(cancellationId: CancellationId): Promise<'frozen' | 'moving' | 'marked' | 'refused'> {
    if (this.#isOver || !this.hold.take(cancellationId)) return 'refused';
    if (!this.#tree) return 'marked';
    return (await this.#freeze(this.#tree, cancellationId)) ? 'frozen' : 'moving';
  }

  /** Goes on, unless another cancellation holds it. Repeating it is harmless. */
  thaw(cancellationId: CancellationId): void {
    const wasHeld = this.hold.isHeld;
    this.hold.release(cancellationId);
    if (!wasHeld) return;
    if (!this.hold.isHeld) {
      clearInterval(this.#refreezing);
      this.#mayRun();
    }
    if (!this.#tree || this.#isOver) return;
    if (this.hold.isHeld) return this.#note();
    this.#tree.thaw();
    this.#timeout?.resume();
    this.#note();
    this.#isTold = false;
    this.reports.thawed(this.file.content.execution, cancellationId);
  }

  /** Held before its first instruction. */
  async untilItMayRun(): Promise<void> {
    while (this.hold.isHeld && !this.#isOver) await new Promise<void>((resolve) => (this.#mayRun = resolve));
  }

  /** It runs, and its time with it. */
  begin(tree: Freezable, timeout: PausableTimer | undefined): void {
    this.#tree = tree;
    this.#timeout = timeout;
    const [holder] = this.hold.holderIds;
    if (holder !== undefined && !this.#isOver) void this.#freeze(tree, holder);
  }

  /** It is asked to end, or has ended: nothing stands still any more. */
  letGo(): void {
    this.#isOver = true;
    clearInterval(this.#refreezing);
    this.#mayRun();
  }

  async #freeze(tree: Freezable, cancellationId: CancellationId): Promise<boolean> {
    this.#timeout?.pause();
    this.#note();
    clearInterval(this.#refreezing);
    this.#refreezing = setInterval(() => void tree.freeze(), REFREEZE_MS);
    const still = await tree.freeze();
    if (still && !this.#isOver && !this.#isTold) {
      this.#isTold = true;
      this.reports.frozen(this.file.content.execution, cancellationId, tree.members().length);
    }
    return still;
  }

  /** A successor that adopts it holds it for the same, and leaves it the same time. */
  #note(): void {
    const { resume } = this.file.content;
    const leftMs = this.#timeout?.leftMs ?? null;
    if (resume) this.file.change({ resume: heldBy(this.hold.holderIds, resume, leftMs, Date.now()) });
  }
}
