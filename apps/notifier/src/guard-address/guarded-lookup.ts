import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import type { AddressGuard } from './address-guard.js';

/** The endpoint may not be called; `reason` is safe to show. */
export class AddressRefused extends Error {
  override readonly name = 'AddressRefused';
  constructor(readonly reason: string) {
    super(reason);
  }
}

type Resolve = (host: string, options: { readonly all: true }, callback: ResolveCallback) => void;
type ResolveCallback = (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void;

/**
 * A look-up for sockets that answers with allowed addresses or not at all. The socket connects to what it answers and asks
 * nobody again, so a name that means another address a moment later (rebinding) gains nothing. One refused address
 * among several refuses the name: which of them would be called is not ours to choose.
 *
 * Sockets do not look up a host that is an address already: `refuseUrl` has seen that one.
 */
export function guardedLookup(guard: AddressGuard, isTls: boolean, resolve: Resolve = systemLookup): LookupFunction {
  return (host, options, callback) => {
    resolve(host, { all: true }, (error, addresses) => {
      if (error) return callback(error, '');
      try {
        for (const { address } of addresses) check(address, guard, isTls);
      } catch (refused) {
        return callback(refused instanceof Error ? refused : new Error(String(refused)), '');
      }
      const [first] = addresses;
      if (options.all) return callback(null, addresses);
      if (first) return callback(null, first.address, first.family);
      callback(Object.assign(new Error('the name has no address'), { code: 'ENOTFOUND' }), '');
    });
  };
}

/** What can be said of an endpoint before its name is looked up. @throws {AddressRefused} */
export function refuseUrl(url: URL, guard: AddressGuard): void {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0) check(host, guard, url.protocol === 'https:');
}

function check(address: string, guard: AddressGuard, isTls: boolean): void {
  if (!guard.isAllowed(address)) throw new AddressRefused('its address is not a public one');
  if (!isTls && !guard.isOperatorAllowed(address)) {
    throw new AddressRefused('http:// is only for networks the operator has allowed; use https://');
  }
}
