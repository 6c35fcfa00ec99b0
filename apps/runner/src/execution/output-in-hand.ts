import type { ExecutionId } from '@necrocode/domain';
import type { ProcessTree } from '@necrocode/process-tree';
import type { Output } from './output.js';
import type { OutputFiles } from './output-files.js';

/** How long the report of an end waits for the last of the output, ms: a broker that is away must not hide a death. */
const STORED_WITHIN_MS = 500;

/** The output of one execution in hand, read to its end: from its pipes, or behind the files it writes into. */
export class OutputInHand {
  readonly #over = new AbortController();
  readonly #read: Promise<void>[] = [];
  #isOver = false;

  constructor(
    private readonly executionId: ExecutionId,
    private readonly output: Output,
    private readonly files: OutputFiles | null,
  ) {}

  /** @param pipes of a tree that was given no files */
  follow(pipes?: Pick<ProcessTree, 'stdout' | 'stderr'>): void {
    for (const stream of ['stdout', 'stderr'] as const) {
      const from = this.files?.follow(this.executionId, stream, this.#over.signal) ?? pipes?.[stream] ?? null;
      this.#read.push(this.output.follow(stream, from, (bytes) => this.#passed(stream, bytes)));
    }
  }

  /** Nobody writes any more. Pipes have been read before: whoever holds them open may be another's process. */
  async end(): Promise<void> {
    this.#over.abort();
    if (this.files) await Promise.all(this.#read);
    await this.output.stored(STORED_WITHIN_MS);
    this.#isOver = true;
    this.files?.remove(this.executionId);
  }

  /** An answer that comes late writes no place beside files that are removed. */
  #passed(stream: 'stdout' | 'stderr', bytes: number): void {
    if (!this.#isOver) this.files?.passed(this.executionId, stream, bytes);
  }
}
