import { CommandFailure, EXIT } from '../exit-codes.js';

/** Where traces are sent, by OpenTelemetry's standard variables. */
export interface Collector {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

const DEFAULT_ENDPOINT = 'http://localhost:4318';
const DEFAULT_TIMEOUT_MS = 10_000;
const PATH = '/v1/traces';

/**
 * The specification's order: what was typed, the variable for traces (taken as it is), the general one (the path is added), a
 * collector on this machine.
 * @throws {CommandFailure} for what is no http address
 */
export function collectorOf(typed: string | undefined, env: NodeJS.ProcessEnv): Collector {
  const timeout = Number(env['OTEL_EXPORTER_OTLP_TRACES_TIMEOUT'] ?? env['OTEL_EXPORTER_OTLP_TIMEOUT']);
  return {
    url: urlOf(typed, env),
    headers: {
      ...headersIn(env['OTEL_EXPORTER_OTLP_HEADERS']),
      ...headersIn(env['OTEL_EXPORTER_OTLP_TRACES_HEADERS']),
    },
    timeoutMs: timeout > 0 ? timeout : DEFAULT_TIMEOUT_MS,
  };
}

function urlOf(typed: string | undefined, env: NodeJS.ProcessEnv): string {
  const exact = env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'];
  if (typed === undefined && exact) return checked(exact).href;
  const base = checked(typed ?? (env['OTEL_EXPORTER_OTLP_ENDPOINT'] || DEFAULT_ENDPOINT));
  if (typed !== undefined && base.pathname !== '/') return base.href;
  return new URL(`${base.pathname.replace(/\/+$/, '')}${PATH}`, base).href;
}

function checked(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new CommandFailure(EXIT.usage, `"${text}" is no http address.`, 'Write for example http://127.0.0.1:4318.');
}

/** `name=value,other=value`, values percent-encoded; what has no name is left out. */
function headersIn(text: string | undefined): Record<string, string> {
  const pairs = (text ?? '').split(',').flatMap((pair) => {
    const at = pair.indexOf('=');
    return at > 0 ? [[pair.slice(0, at).trim(), decoded(pair.slice(at + 1).trim())] as const] : [];
  });
  return Object.fromEntries(pairs);
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value; // Not percent-encoded after all.
  }
}
