/** A result larger than this, as JSON, belongs into an artifact. */
export const MOST_RESULT_BYTES = 64 * 1024;
const LONGEST_MESSAGE = 1_000;

/** How a call of a function ended. `code` is one of the error catalog. */
export type FunctionOutcome =
  | { readonly result: unknown }
  | {
      readonly error: {
        readonly code: 'handler-not-found' | 'handler-failed' | 'handler-result-invalid';
        readonly message: string;
      };
    };

export function failed(
  code: Extract<FunctionOutcome, { error: unknown }>['error']['code'],
  message: string,
): FunctionOutcome {
  return { error: { code, message: message.slice(0, LONGEST_MESSAGE) } };
}

/** The outcome of what a function returned, as it will be read: JSON has no `undefined`, no functions, no cycles. */
export function returned(value: unknown): FunctionOutcome {
  try {
    const json = JSON.stringify(value ?? null) as string | undefined;
    if (json === undefined) return failed('handler-result-invalid', `a ${typeof value} is no JSON`);
    if (Buffer.byteLength(json) > MOST_RESULT_BYTES)
      return failed('handler-result-invalid', `the result has more than ${MOST_RESULT_BYTES} bytes of JSON`);
    return { result: JSON.parse(json) as unknown };
  } catch (error) {
    return failed('handler-result-invalid', messageOf(error));
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
