import { BlockList, isIP } from 'node:net';
import type { Network } from './networks.js';

/** What IANA keeps for special purposes (RFC 6890 and its registries), and addresses clouds answer on from inside. */
const NOT_PUBLIC_V4: readonly (readonly [address: string, prefix: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10], // Carriers' own, and metadata of some clouds (100.100.100.200).
  ['127.0.0.0', 8],
  ['169.254.0.0', 16], // Link-local: metadata of most clouds.
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  ['168.63.129.16', 32], // Azure's virtual host, on an address that looks public.
];

/** Of IPv6 only 2000::/3 is given out as global unicast; within it these carry other addresses or are not for use. */
const NOT_PUBLIC_WITHIN_GLOBAL_V6: readonly (readonly [address: string, prefix: number])[] = [
  ['2001::', 23], // Teredo among others: an IPv4 address inside.
  ['2001:db8::', 32],
  ['2002::', 16], // 6to4: an IPv4 address inside.
  ['2620:4f:8000::', 48],
  ['3fff::', 20],
];

/**
 * Decides which addresses may be called. Everything else in IPv6, mapped and translated IPv4 (`::ffff:…`, `64:ff9b::…`) included,
 * is refused without looking at what it stands for: no endpoint needs to be written that way.
 */
export class AddressGuard {
  readonly #notPublic = new BlockList();
  readonly #global = new BlockList();
  readonly #allowed: BlockList[];

  /** @param allowed the operator's own networks, which may be called all the same */
  constructor(allowed: readonly Network[] = []) {
    for (const [address, prefix] of NOT_PUBLIC_V4) this.#notPublic.addSubnet(address, prefix, 'ipv4');
    for (const [address, prefix] of NOT_PUBLIC_WITHIN_GLOBAL_V6) this.#notPublic.addSubnet(address, prefix, 'ipv6');
    this.#global.addSubnet('2000::', 3, 'ipv6');
    this.#allowed = allowed.map(({ address, prefix }) => {
      const list = new BlockList();
      list.addSubnet(address, prefix, familyOf(address));
      return list;
    });
  }

  isAllowed(address: string): boolean {
    return this.isPublic(address) || this.isOperatorAllowed(address);
  }

  /** In a network the operator named: only there may be spoken without TLS. */
  isOperatorAllowed(address: string): boolean {
    return !isMapped(address) && this.#allowed.some((list) => list.check(address, familyOf(address)));
  }

  private isPublic(address: string): boolean {
    const family = familyOf(address);
    if (isIP(address) === 0 || this.#notPublic.check(address, family)) return false;
    return family === 'ipv4' || this.#global.check(address, family);
  }
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}

/** A list of IPv4 networks also finds them in mapped form; we do not allow that form at all. */
function isMapped(address: string): boolean {
  return isIP(address) === 6 && /(^|:)ffff:/i.test(address) && address.startsWith('::');
}
