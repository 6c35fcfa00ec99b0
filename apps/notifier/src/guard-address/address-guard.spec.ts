import { describe, expect, it } from '@jest/globals';
import { AddressGuard } from './address-guard.js';
import { parseNetworks } from './networks.js';

const REFUSED = [
  '127.0.0.1',
  '127.255.255.254',
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '100.100.100.200',
  '169.254.169.254',
  '168.63.129.16',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '198.18.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::ffff:127.0.0.1',
  '::ffff:7f00:1',
  '::ffff:8.8.8.8',
  '0:0:0:0:0:ffff:10.0.0.1',
  '::127.0.0.1',
  '64:ff9b::a9fe:a9fe',
  '64:ff9b:1::7f00:1',
  '2001:0:7f00:1::',
  '2001:db8::1',
  '2002:7f00:1::',
  'fe80::1',
  'fe80::1%eth0',
  'fc00::1',
  'fd00:ec2::254',
  'ff02::1',
  'localhost',
  '',
];

describe('an address', () => {
  const guard = new AddressGuard();

  it.each(REFUSED)('%p is refused', (address) => expect(guard.isAllowed(address)).toBe(false));

  it.each(['1.1.1.1', '172.32.0.1', '100.128.0.1', '168.63.129.17', '2606:4700:4700::1111', '2a00:1450:4001::1'])(
    '%p is public',
    (address) => expect(guard.isAllowed(address)).toBe(true),
  );
});

describe('a network the operator allows', () => {
  const guard = new AddressGuard(parseNetworks('10.0.0.0/8, 127.0.0.1,fd00::/8'));

  it.each(['10.9.9.9', '127.0.0.1', 'fd12::1'])('opens %p', (address) => expect(guard.isAllowed(address)).toBe(true));
  it.each(['127.0.0.2', '192.168.0.1', '::1', '::ffff:10.0.0.1', '::ffff:127.0.0.1', '::ffff:7f00:1'])(
    'opens nothing else, not %p',
    (address) => expect(guard.isAllowed(address)).toBe(false),
  );
  it('is told from what is public anyway', () => {
    expect(guard.isOperatorAllowed('10.0.0.1')).toBe(true);
    expect(guard.isOperatorAllowed('1.1.1.1')).toBe(false);
  });
});

describe('a list of networks', () => {
  it.each(['10.0.0.0/33', '10.0.0.0/', 'example.org', '10.0.0.0/8/8', 'fd00::/129', '10.0.0.0/-1'])(
    'is refused with %p',
    (text) => expect(() => parseNetworks(text)).toThrow(RangeError),
  );
  it('may be empty', () => expect(parseNetworks('')).toEqual([]));
});
