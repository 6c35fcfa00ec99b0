import type { OutputChunk } from '@necrocode/contracts';
import type { ExecutionId } from '@necrocode/domain';
import type { FollowedOutput } from '../read-logs/follow-output.js';
import { formatResumePoint, type LineMark, type ResumePoint } from './resume-point.js';

export interface OutputLine {
  readonly text: string;
  /** Where to resume when this line was the last that came. */
  readonly id: string | undefined;
}

/** A line that has begun and not ended. */
interface Begun {
  readonly text: string;
  /** Place of the chunk it began in: nothing behind that may be skipped on resuming. */
  readonly place: number;
  readonly executionId: ExecutionId;
  readonly stream: OutputChunk['stream'];
}

/** Behind every chunk: where the lines stand that their task never ended. */
const LAST_CHUNK = 999_999_999;

interface Sent extends LineMark {
  /** Infinity until its chunk has been read again after a resume. */
  readonly place: number;
}

/** A line this long is sent in pieces: what a task never ends must not be kept without bound. */
const LONGEST_LINE = 64 * 1024;

/** Cuts chunks of output into lines, each with the point to resume at; what was sent before that point is left out. */
export class OutputLines {
  readonly #begun = new Map<string, Begun>();
  readonly #sent: Map<ExecutionId, Sent>;
  #resumeAt: number;

  constructor({ after, sent }: ResumePoint) {
    this.#resumeAt = after;
    this.#sent = new Map([...sent].map(([executionId, mark]) => [executionId, { ...mark, place: Infinity }]));
  }

  *take({ sequence: place, resumeAt, chunk }: FollowedOutput): Generator<OutputLine, void, undefined> {
    this.#resumeAt = resumeAt;
    const { executionId, stream } = chunk;
    const pipe = `${executionId} ${stream}`;
    this.#find(chunk, place);
    const before = this.#begun.get(pipe);
    const pieces = `${before?.text ?? ''}${chunk.text}`.split('\n');
    const last = pieces.pop() ?? '';
    const whole = last.length < LONGEST_LINE ? pieces : [...pieces, last];
    if (whole.length > 0) this.#begun.delete(pipe);
    const from = whole.length > 0 ? place : (before?.place ?? place);
    const rest: Begun | null =
      last === '' || whole !== pieces ? null : { text: last, place: from, executionId, stream };
    for (const [line, text] of whole.entries()) {
      const isLast = line === whole.length - 1;
      if (isLast && rest) this.#begun.set(pipe, rest);
      yield* this.#send(text, executionId, { chunk: chunk.sequence, line }, place, isLast ? place : place - 1);
    }
    if (rest) this.#begun.set(pipe, rest);
  }

  /** What was begun and will not be ended any more. */
  *rest(): Generator<OutputLine, void, undefined> {
    for (const [pipe, { text, executionId, stream, place }] of [...this.#begun].sort(byPipe)) {
      this.#begun.delete(pipe);
      const mark = { chunk: LAST_CHUNK, line: stream === 'stdout' ? 0 : 1 };
      yield* this.#send(text, executionId, mark, place, Infinity);
    }
  }

  get endId(): string {
    const { after } = this.#point(Infinity);
    return formatResumePoint({ after, sent: new Map(), isEnd: true }) ?? '';
  }

  *#send(
    text: string,
    executionId: ExecutionId,
    mark: LineMark,
    place: number,
    done: number,
  ): Generator<OutputLine, void, undefined> {
    const sent = this.#sent.get(executionId);
    if (sent && (mark.chunk < sent.chunk || (mark.chunk === sent.chunk && mark.line <= sent.line))) return;
    this.#sent.set(executionId, { ...mark, place: Math.max(place, sent?.place ?? 0) });
    yield { text: text.endsWith('\r') ? text.slice(0, -1) : text, id: formatResumePoint(this.#point(done)) };
  }

  /** @param done the place up to which this very chunk has been sent */
  #point(done: number): ResumePoint {
    const places = [...this.#begun.values()].map(({ place }) => place - 1);
    const after = Math.max(0, Math.min(this.#resumeAt, done, ...places));
    for (const [executionId, { place }] of this.#sent) if (place <= after) this.#sent.delete(executionId);
    return { after, sent: new Map(this.#sent), isEnd: false };
  }

  /** The chunk whose line was the last one sent before a resume has come by again. */
  #find({ executionId, sequence }: OutputChunk, place: number): void {
    const sent = this.#sent.get(executionId);
    if (sent?.chunk === sequence) this.#sent.set(executionId, { ...sent, place });
  }
}

/** Always stdout before stderr, as their marks are. */
function byPipe([, a]: readonly [string, Begun], [, b]: readonly [string, Begun]): number {
  return Number(a.stream === 'stderr') - Number(b.stream === 'stderr');
}
