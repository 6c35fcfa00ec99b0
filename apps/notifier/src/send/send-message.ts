import { type ClientRequest, type IncomingMessage, request as plainRequest, type RequestOptions } from 'node:http';
import { request as tlsRequest } from 'node:https';
import type { AddressGuard } from '../guard-address/address-guard.js';
import { AddressRefused, guardedLookup, refuseUrl } from '../guard-address/guarded-lookup.js';

/** What an endpoint made of a message. `status` null: there was no answer, and `error` says why. */
export interface Answer {
  readonly delivered: boolean;
  readonly status: number | null;
  readonly error: string | null;
  readonly retryAfter: string | undefined;
}

export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface SendOptions {
  readonly guard: AddressGuard;
  readonly timeoutMs: number;
  /** Ends the call at once; it then throws the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Posts once, on a connection of its own to an address that was checked. Redirects are not followed: where they lead was
 * checked by nobody. Of the answer only its head counts: no endpoint can make us read on.
 */
export async function sendMessage(post: Post, { guard, timeoutMs, signal }: SendOptions): Promise<Answer> {
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const url = new URL(post.url);
    refuseUrl(url, guard);
    const isTls = url.protocol === 'https:';
    const { statusCode = 0, headers } = await head(url, post, {
      method: 'POST',
      agent: false,
      lookup: guardedLookup(guard, isTls),
      signal: signal ? AbortSignal.any([timeout, signal]) : timeout,
      maxHeaderSize: 16_384,
    });
    const delivered = statusCode >= 200 && statusCode < 300;
    const error = delivered ? null : `it answered ${statusCode}`;
    return { delivered, status: statusCode, error, retryAfter: headers['retry-after'] };
  } catch (error) {
    signal?.throwIfAborted();
    const reason = timeout.aborted ? `no answer within ${timeoutMs} ms` : reasonOf(error);
    return { delivered: false, status: null, error: reason, retryAfter: undefined };
  }
}

function head(url: URL, { headers, body }: Post, options: RequestOptions): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request: ClientRequest = (url.protocol === 'https:' ? tlsRequest : plainRequest)(url, {
      ...options,
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
    });
    request.on('error', reject);
    request.on('response', (response) => {
      response.on('error', () => undefined);
      response.destroy();
      resolve(response);
    });
    request.end(body);
  });
}

/** A word an owner of the endpoint can act on, and nothing of what it answered or where it is. */
function reasonOf(error: unknown): string {
  if (error instanceof AddressRefused) return error.reason;
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  return REASONS[code] ?? `the connection failed (${code})`;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name has no address',
  EAI_AGAIN: 'its name could not be looked up',
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'it broke the connection off',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
};
