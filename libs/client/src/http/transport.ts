import { localProblem } from '../api-problem.js';
import { readLines } from '../stream/read-lines.js';
import { readProblem } from './read-problem.js';

export interface ClientOptions {
  /** Address of the gateway, for example `http://127.0.0.1:4180`. */
  readonly baseUrl: string;
  readonly token: string;
  /** How long to wait for an answer, ms; a call that asks the gateway to wait gets that time on top. Default 30 s. */
  readonly timeoutMs?: number;
  /** Default: the global one. */
  readonly fetch?: typeof globalThis.fetch;
}

export interface RequestOptions {
  /** Ends the call; it then throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** W3C trace context to continue. */
  readonly traceparent?: string | undefined;
}

export interface HttpRequest extends RequestOptions {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below `/api`, or absolute from the root when it starts with `/healthz` or `/readyz`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, QueryValue>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  /** A status that is an answer here, not a problem. */
  readonly alsoAccept?: number;
}

export type QueryValue = string | number | boolean | readonly string[] | undefined;

/** Sends requests and turns everything that is no success into an `ApiProblem`. */
export class Transport {
  private readonly timeoutMs: number;
  private readonly fetch: typeof globalThis.fetch;

  constructor(private readonly options: ClientOptions) {
    this.timeoutMs = options.timeoutMs ?? 30_000;
    this.fetch = options.fetch ?? globalThis.fetch;
  }

  /** The body of a success. @throws {ApiProblem} @throws the signal's reason */
  async json<Value>(request: HttpRequest): Promise<Value> {
    const timeoutMs = request.timeoutMs ?? this.timeoutMs;
    const timeout = AbortSignal.timeout(timeoutMs);
    const signal = request.signal ? AbortSignal.any([request.signal, timeout]) : timeout;
    try {
      const response = await this.send(request, signal);
      return parse<Value>(await this.textOf(response, signal), response.status);
    } catch (error) {
      if (timeout.aborted && !request.signal?.aborted) throw localProblem('request-timed-out', { timeoutMs }, error);
      throw error;
    }
  }

  /** The answer as soon as its head is here: the caller reads the body. @throws {ApiProblem} @throws the signal's reason */
  async send(request: HttpRequest, signal: AbortSignal | undefined = request.signal): Promise<Response> {
    const { method, body } = request;
    const headers = this.headersOf(request);
    const init: RequestInit = { method, headers, ...(signal ? { signal } : {}) };
    if (body !== undefined) init.body = JSON.stringify(body);
    const response = await this.fetch(this.urlOf(request), init).catch((error: unknown) => {
      if (signal?.aborted) throw error;
      throw localProblem('gateway-unreachable', { url: this.options.baseUrl }, error);
    });
    if (!response.ok && response.status !== request.alsoAccept) throw await readProblem(response);
    return response;
  }

  /** A body of JSON lines, as they come; leaving the loop closes it. @throws {ApiProblem} @throws the signal's reason */
  async *lines<Line>(request: HttpRequest): AsyncGenerator<Line, void, undefined> {
    const response = await this.send({ ...request, headers: { ...request.headers, accept: 'application/jsonl' } });
    if (!response.body) return;
    try {
      // Cast: the gateway parsed each line with the contract it has here.
      for await (const line of readLines(response.body)) yield JSON.parse(line) as Line;
    } catch (error) {
      request.signal?.throwIfAborted();
      throw localProblem('gateway-unreachable', { url: response.url }, error);
    }
  }

  /** A body that breaks off is a connection that broke. */
  private textOf(response: Response, signal: AbortSignal): Promise<string> {
    return response.text().catch((error: unknown) => {
      if (signal.aborted) throw error;
      throw localProblem('gateway-unreachable', { url: this.options.baseUrl }, error);
    });
  }

  private urlOf({ path, query = {} }: HttpRequest): URL {
    const base = this.options.baseUrl.replace(/\/+$/, '');
    const url = new URL(/^\/(healthz|readyz)$/.test(path) ? `${base}${path}` : `${base}/api${path}`);
    for (const [name, value] of Object.entries(query)) {
      if (value === undefined) continue;
      for (const item of Array.isArray(value) ? value : [value]) url.searchParams.append(name, String(item));
    }
    return url;
  }

  private headersOf({ body, headers, traceparent }: HttpRequest): Record<string, string> {
    return {
      accept: 'application/json',
      authorization: `Bearer ${this.options.token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(traceparent === undefined ? {} : { traceparent }),
      ...headers,
    };
  }
}

function parse<Value>(text: string, status: number): Value {
  try {
    // Cast: the gateway builds its answers from the same contracts; checking them again here would only slow each call.
    return JSON.parse(text) as Value;
  } catch (cause) {
    throw localProblem('unreadable-answer', { status }, cause);
  }
}
