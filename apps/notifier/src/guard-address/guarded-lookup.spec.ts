import { describe, expect, it } from '@jest/globals';
import type { LookupAddress } from 'node:dns';
import { AddressGuard } from './address-guard.js';
import { AddressRefused, guardedLookup, refuseUrl } from './guarded-lookup.js';
import { parseNetworks } from './networks.js';

const guard = new AddressGuard(parseNetworks('10.0.0.0/8'));

/** What a socket would be told to connect to. */
function lookUp(answers: readonly string[], isTls = true): Promise<string | readonly LookupAddress[]> {
  return new Promise((resolve, reject) => {
    const addresses = answers.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    const lookup = guardedLookup(guard, isTls, (_host, _options, callback) => callback(null, addresses));
    lookup('example.org', { all: true }, (error, found) => (error ? reject(error) : resolve(found)));
  });
}

describe('looking up an endpoint', () => {
  it('answers with every address when all may be called', async () => {
    expect(await lookUp(['1.1.1.1', '2606:4700::1'])).toEqual([
      { address: '1.1.1.1', family: 4 },
      { address: '2606:4700::1', family: 6 },
    ]);
  });

  it.each([[['127.0.0.1']], [['1.1.1.1', '127.0.0.1']], [['::ffff:127.0.0.1']], [['169.254.169.254', '1.1.1.1']]])(
    'answers not at all with %p',
    async (addresses) => expect(lookUp(addresses)).rejects.toThrow(AddressRefused),
  );

  it('speaks without TLS to networks of the operator only', async () => {
    await expect(lookUp(['1.1.1.1'], false)).rejects.toThrow('http:// is only for');
    expect(await lookUp(['10.0.0.7'], false)).toHaveLength(1);
  });

  it('answers one address where one is asked for', async () => {
    const one = new Promise((resolve) => {
      const lookup = guardedLookup(guard, true, (_h, _o, callback) =>
        callback(null, [{ address: '1.1.1.1', family: 4 }]),
      );
      lookup('example.org', {}, (_error, address, family) => resolve([address, family]));
    });
    expect(await one).toEqual(['1.1.1.1', 4]);
  });
});

describe('an endpoint written as an address', () => {
  it.each([
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://017700000001/',
    'https://169.254.169.254/latest/meta-data',
    'http://1.1.1.1/',
  ])('%s is refused before anything is sent', (url) =>
    expect(() => refuseUrl(new URL(url), guard)).toThrow(AddressRefused),
  );

  it.each(['https://1.1.1.1/', 'http://10.0.0.1/', 'https://example.org/'])('%s may be tried', (url) =>
    expect(() => refuseUrl(new URL(url), guard)).not.toThrow(),
  );
});
