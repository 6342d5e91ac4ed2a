import { BlockList, isIP } from 'node:net';

/** Networks that are not on the public internet, by the special-purpose registries of IANA. */
const SPECIAL = {
  ipv4: [
    '0.0.0.0/8',
    '10.0.0.0/8',
    '100.64.0.0/10',
    '127.0.0.0/8',
    // Instance and task metadata, with the credentials of the role.
    '169.254.0.0/16',
    '172.16.0.0/12',
    '192.0.0.0/24',
    '192.0.2.0/24',
    '192.88.99.0/24',
    '192.168.0.0/16',
    '198.18.0.0/15',
    '198.51.100.0/24',
    '203.0.113.0/24',
    // Multicast, reserved and broadcast.
    '224.0.0.0/3',
  ],
  // Outside of 2000::/3 nothing is assigned to the public; within it these are not, or carry IPv4 addresses.
  ipv6: ['::/3', '2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20', '4000::/2', '8000::/1'],
} as const;

/** One list for each family: a list of both takes an IPv4 address for the IPv6 address that maps it. */
function listOf(family: keyof typeof SPECIAL): BlockList {
  const list = new BlockList();
  for (const network of SPECIAL[family]) {
    const [address = '', bits] = network.split('/');
    list.addSubnet(address, Number(bits), family);
  }
  return list;
}

const special = { ipv4: listOf('ipv4'), ipv6: listOf('ipv6') };

/** Whether an IP address is one of the public internet; false for what is none. */
export function isPublicAddress(address: string): boolean {
  const version = isIP(address);
  if (version === 0) return false;
  const family = version === 4 ? 'ipv4' : 'ipv6';
  return !special[family].check(address, family);
}
