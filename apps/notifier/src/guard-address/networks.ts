import { isIP } from 'node:net';

export interface Network {
  readonly address: string;
  readonly prefix: number;
}

/** `10.0.0.0/8, fd00::/8`; an address alone is a network of one. @throws {RangeError} naming what is no network */
export function parseNetworks(text: string): readonly Network[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(parseNetwork);
}

function parseNetwork(text: string): Network {
  const [address = '', length, ...rest] = text.split('/');
  const bits = isIP(address) === 6 ? 128 : 32;
  const prefix = length === undefined ? bits : Number(length);
  const isNetwork = isIP(address) !== 0 && rest.length === 0 && /^\d*$/.test(length ?? '') && length !== '';
  if (isNetwork && prefix <= bits) return { address, prefix };
  throw new RangeError(`"${text}" is no network; write for example 10.0.0.0/8`);
}
