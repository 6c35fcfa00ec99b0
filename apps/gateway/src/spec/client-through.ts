import { NecrocodeClient } from '@necrocode/client';
import { TOKEN } from './test-gateway.js';

const NAME = 'http://gateway.invalid';

/** A client of a name behind which one gateway takes the place of another, as behind a load balancer. */
export function clientThrough(target: () => string): NecrocodeClient {
  const reach: typeof fetch = (input, init) => {
    const url = input instanceof Request ? input.url : input.toString();
    return fetch(url.replace(NAME, target()), init);
  };
  return new NecrocodeClient({ baseUrl: NAME, token: TOKEN, fetch: reach });
}
