export interface ServerAddress {
  /** `host:port`, without credentials: safe to log. */
  readonly servers: readonly string[];
  readonly credentials: { readonly user: string; readonly pass: string } | { readonly token: string } | undefined;
  readonly tls: boolean;
}

/**
 * Takes `nats://[user:pass@|token@]host[:port]`, several divided by commas (one cluster, so the first credentials count).
 * The client library would dial the text as it stands; the credentials are taken out here so that no error message can show them.
 * @throws {TypeError} when a part is no such address; the message does not repeat it, for it may hold a password
 */
export function parseServerUrls(urls: string): ServerAddress {
  const parsed = urls.split(',').map((url) => parseUrl(url.trim()));
  const withCredentials = parsed.find((url) => url.username !== '');
  return {
    servers: parsed.map((url) => `${url.hostname}:${url.port === '' ? '4222' : url.port}`),
    credentials: withCredentials === undefined ? undefined : credentialsOf(withCredentials),
    tls: parsed.some((url) => url.protocol === 'tls:'),
  };
}

function parseUrl(url: string): URL {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !['nats:', 'tls:'].includes(parsed.protocol) || parsed.hostname === '') {
    throw new TypeError('a NATS address must look like nats://host:4222 (or tls://…), several divided by commas');
  }
  return parsed;
}

function credentialsOf(url: URL): ServerAddress['credentials'] {
  const user = decodeURIComponent(url.username);
  return url.password === '' ? { token: user } : { user, pass: decodeURIComponent(url.password) };
}
