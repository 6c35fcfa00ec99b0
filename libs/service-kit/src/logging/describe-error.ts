/** What a log says of an error. */
export interface ErrorDescription {
  readonly type: string;
  /** Absent where the text may quote what was being handled. */
  readonly message?: string;
  readonly code?: string;
  /** Where it was thrown; the text, with which a stack begins, is cut off. */
  readonly stack: readonly string[];
  readonly cause?: ErrorDescription;
}

const FRAMES = 12;

/**
 * Reduces an error to what holds nothing of a user's. Errors carry along whatever failed: a query its parameters, a parser a
 * piece of its text, the file system a path, a command its output; and pino's own serializer writes every field of an error.
 */
export function describeError(error: unknown): ErrorDescription {
  if (!(error instanceof Error)) return { type: typeof error, stack: [] };
  const code = codeOf(error);
  const message = messageOf(error, code);
  return {
    type: error.name,
    ...(message === null ? {} : { message }),
    ...(code === null ? {} : { code }),
    stack: framesOf(error),
    ...(error.cause instanceof Error ? { cause: describeError(error.cause) } : {}),
  };
}

function codeOf(error: Error): string | null {
  return 'code' in error && (typeof error.code === 'string' || typeof error.code === 'number')
    ? String(error.code)
    : null;
}

function messageOf(error: Error, code: string | null): string | null {
  const quotes =
    error instanceof SyntaxError || // Of a JSON text, a piece of it.
    error.name === 'ZodError' || // Names of fields, which may be anything.
    'syscall' in error || // Of a file, its path; of a program, its name.
    'stderr' in error || // Of a command, what it wrote.
    isDataException(code); // The value that PostgreSQL could not read.
  return quotes ? null : error.message;
}

/** SQLSTATE class 22. */
function isDataException(code: string | null): boolean {
  return code !== null && /^22[0-9A-Z]{3}$/.test(code);
}

function framesOf({ stack = '' }: Error): readonly string[] {
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line));
  return frames.slice(0, FRAMES).map((frame) => frame.trim());
}
