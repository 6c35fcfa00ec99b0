import { CommandFailure, EXIT } from '../exit-codes.js';

interface Progress {
  readonly kind: 'progress';
}
interface Result {
  readonly kind: 'result';
}

/** The result of a verification; `tell` hears of each line before it. @throws {CommandFailure} when it ended without one */
export async function lastOf<Line extends Progress | Result>(
  lines: AsyncIterable<Line>,
  tell: (progress: Extract<Line, Progress>) => void,
): Promise<Extract<Line, Result>> {
  for await (const line of lines) {
    if (isResult(line)) return line;
    // Cast: what is no result is progress; the compiler does not narrow a type parameter so far.
    tell(line as Extract<Line, Progress>);
  }
  throw new CommandFailure(
    EXIT.error,
    'The verification ended without a result.',
    'The gateway was stopped or lost its database: ask again.',
  );
}

function isResult<Line extends Progress | Result>(line: Line): line is Extract<Line, Result> {
  return line.kind === 'result';
}
