import type { OtlpTrace } from '@necrocode/contracts';
import { CommandFailure, EXIT } from '../exit-codes.js';
import type { Collector } from './collector.js';

interface ExportAnswer {
  readonly partialSuccess?: { readonly rejectedSpans?: number | string; readonly errorMessage?: string };
}

/** Exports a trace over OTLP/HTTP in its JSON encoding. @throws {CommandFailure} when the collector cannot be reached or refuses */
export async function sendTrace(trace: OtlpTrace, { url, headers, timeoutMs }: Collector): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(trace),
    signal: AbortSignal.timeout(timeoutMs),
  }).catch((error: unknown) => {
    throw new CommandFailure(
      EXIT.error,
      `The collector at ${url} does not answer: ${reasonOf(error)}.`,
      'See --endpoint.',
    );
  });
  const text = await answer.text();
  if (!answer.ok) {
    throw new CommandFailure(
      EXIT.error,
      `The collector at ${url} refused the trace with ${answer.status}.`,
      'See --endpoint.',
    );
  }
  const { rejectedSpans = 0, errorMessage = '' } = parse(text).partialSuccess ?? {};
  if (Number(rejectedSpans) > 0) {
    throw new CommandFailure(
      EXIT.error,
      `The collector rejected ${rejectedSpans} spans: ${errorMessage}`,
      'See its log.',
    );
  }
}

/** Collectors answer a success with an empty object, or with nothing. */
function parse(text: string): ExportAnswer {
  try {
    // Cast: OTLP says so; what is missing counts as a success.
    return JSON.parse(text) as ExportAnswer;
  } catch {
    return {};
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
