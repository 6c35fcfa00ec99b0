import type { EndReason, ExecutionEnding, SignalEvidence, StopRequest } from '@necrocode/domain';
import type { RecordedTree, SignalEvidence as TreeSignal, StopReport } from '@necrocode/process-tree';
import type { Logger } from '@necrocode/service-kit/process';
import { endingOf, signalEvidence } from './endings.js';
import type { FileInHand } from './file-in-hand.js';
import type { OutputInHand } from './output-in-hand.js';
import type { Reports } from './reports.js';

/** Whoever a task left behind when it ended by itself gets the graceful signal and this long, ms. */
const LEFTOVER_GRACE_MS = 2_000;

/** How long the report of a signal waits for the end that it may bring, ms. */
const SIGNAL_REPORTED_AFTER_MS = 10;

export interface EndParts {
  readonly file: FileInHand;
  readonly reports: Pick<Reports, 'signalled' | 'survived' | 'ended'>;
  readonly output: Pick<OutputInHand, 'end'>;
  readonly logger: Logger;
}

type Stoppable = Pick<RecordedTree, 'stop' | 'gone'>;

type Stop = Omit<StopRequest, 'cancellationId'>;

/** For whoever is left, where nothing else was said. */
const LEFTOVER_STOP: Stop = { signal: 'SIGTERM', signalTo: 'tree', gracePeriodMs: LEFTOVER_GRACE_MS, force: false };

/** How an execution in hand comes to its end, begun here or taken over: who asked for it, each signal once, and what is told. */
export class EndInHand {
  readonly #signals: SignalEvidence[] = [];
  readonly #unreported = new Set<NodeJS.Timeout>();
  #asked: { readonly stop: StopRequest; readonly reason: EndReason } | undefined;
  #tree: Stoppable | undefined;
  #isListening = false;
  #hasExited = false;

  constructor(private readonly parts: EndParts) {}

  /** Who asked first; null: nobody before it ended by itself. */
  get stop(): StopRequest | null {
    return this.#asked?.stop ?? null;
  }

  get isAsked(): boolean {
    return this.#asked !== undefined;
  }

  /** Its end is of the reason that came first; again it can only come sooner. */
  ask(stop: StopRequest, reason: EndReason): void {
    if (!this.#hasExited) this.#asked ??= { stop, reason };
    if (this.#tree) void this.#signal(this.#tree, stop);
  }

  /** Its start has been told: from now on it is signalled. It may have been asked to end before. */
  reach(tree: Stoppable): void {
    this.#tree = tree;
    if (this.#asked) void this.#signal(tree, this.#asked.stop);
  }

  /**
   * The process it began with has ended; nothing it left behind may outlive the task.
   * @param leftover how they are ended where nobody has asked
   * @returns the proof, however long that takes
   */
  provenGone(tree: Stoppable, { signal, gracePeriodMs }: Pick<Stop, 'signal' | 'gracePeriodMs'> = LEFTOVER_STOP) {
    this.#hasExited = true;
    const leftover = { ...LEFTOVER_STOP, signal, gracePeriodMs: Math.min(gracePeriodMs, LEFTOVER_GRACE_MS) };
    if (!this.#asked) void this.#signal(tree, leftover);
    return tree.gone;
  }

  endingOf(report: StopReport, byItself: EndReason): ExecutionEnding {
    return endingOf(report, this.reasonOr(byItself), this.stop);
  }

  reasonOr(byItself: EndReason): EndReason {
    return this.#asked?.reason ?? byItself;
  }

  /** Nothing is left: on disk first, then told. */
  async close(ending: ExecutionEnding): Promise<ExecutionEnding> {
    const { file, output, reports, logger } = this.parts;
    const { execution } = file.content;
    await output.end();
    file.change({ stop: this.stop, ending });
    for (const timer of this.#unreported) clearTimeout(timer);
    reports.ended(execution, ending);
    const { reason, exit, evidence } = ending;
    const { forced, survivors } = evidence;
    logger.info({ executionId: execution.executionId, reason, exit, forced, survivors }, 'execution ended');
    return ending;
  }

  async #signal(tree: Stoppable, { signal, signalTo: mode, gracePeriodMs, force }: Stop): Promise<void> {
    // Each request that joins a stop would be told of each signal.
    const listener = this.#isListening ? {} : { onSignals: (sent: readonly TreeSignal[]) => this.#remember(sent) };
    this.#isListening = true;
    const { survivors, obstacle } = await tree.stop({ signal, mode, gracePeriodMs, force, ...listener });
    if (survivors.length === 0) return;
    const { execution } = this.parts.file.content;
    const { executionId } = execution;
    this.parts.logger.error({ executionId, survivors: survivors.length, obstacle }, 'processes survive SIGKILL');
    this.parts.reports.survived(execution, survivors.length);
  }

  /** Should this agent die before the end: its successor knows who asked, and what has been sent. */
  #remember(sent: readonly TreeSignal[]): void {
    const evidence = sent.flatMap((signal) => signalEvidence(signal) ?? []);
    if (evidence.length === 0) return;
    this.#signals.push(...evidence);
    this.parts.file.change({ stop: this.stop, signals: [...this.#signals] });
    // Unless the end comes first, whose report has all signals: most processes that help are gone by then.
    const timer = setTimeout(() => {
      this.#unreported.delete(timer);
      for (const signal of evidence) this.parts.reports.signalled(this.parts.file.content.execution, signal);
    }, SIGNAL_REPORTED_AFTER_MS);
    this.#unreported.add(timer);
  }
}
