import { executionId } from '@necrocode/contracts';
import type { ExecutionId } from '@necrocode/domain';
import { CodedError } from '@necrocode/service-kit';

/** A line of an execution's output: in which of its chunks it ended, and which of the lines that ended there it is, from 0. */
export interface LineMark {
  readonly chunk: number;
  readonly line: number;
}

/** Where a stream of lines was left: all output up to a point, and what had been sent of that behind it. */
export interface ResumePoint {
  readonly after: number;
  /** The last line sent of each execution that was read beyond `after`. */
  readonly sent: ReadonlyMap<ExecutionId, LineMark>;
  /** The last message said how the job ended. */
  readonly isEnd: boolean;
}

const FORM = /^(\d{1,15})((?:,exe_[0-9a-z]{26}\.\d{1,9}\.\d{1,9})*)(,end)?$/;

/** More of these would not fit into a request's header with ease. */
const MOST_EXECUTIONS = 64;

/** As the id of a message; undefined when it would be too long: a client then resumes at the id before, and some lines come again. */
export function formatResumePoint({ after, sent, isEnd }: ResumePoint): string | undefined {
  if (sent.size > MOST_EXECUTIONS) return undefined;
  const marks = [...sent].map(([executionId, { chunk, line }]) => `,${executionId}.${chunk}.${line}`);
  return `${after}${marks.join('')}${isEnd ? ',end' : ''}`;
}

/** @throws {CodedError} `validation-failed` for what we never gave out */
export function parseResumePoint(header: string | string[] | undefined): ResumePoint {
  if (header === undefined || header === '') return { after: 0, sent: new Map(), isEnd: false };
  const [, after, marks = '', end] = (typeof header === 'string' ? FORM.exec(header) : null) ?? [];
  if (after === undefined) throw unknownId();
  const sent = marks.split(',').slice(1).map(parseMark);
  return { after: Number(after), sent: new Map(sent), isEnd: end !== undefined };
}

function parseMark(mark: string): readonly [ExecutionId, LineMark] {
  const [id, chunk, line] = mark.split('.');
  const parsed = executionId.safeParse(id);
  if (!parsed.success) throw unknownId();
  return [parsed.data, { chunk: Number(chunk), line: Number(line) }];
}

function unknownId(): CodedError {
  const fields = [{ path: 'Last-Event-ID', message: 'must be the id of the last message that came' }];
  return new CodedError('validation-failed', {}, { fields });
}
