import { isFree, pickPort } from '../server/pick-port.js';
import { fail, ok, type Check } from './check.js';

/** Whether servers can listen on loopback, on these ports if any are fixed. */
export async function checkPorts(ports: readonly number[]): Promise<Check> {
  const name = 'loopback ports';
  const free = await Promise.all(ports.map(isFree));
  const taken = ports.filter((_, index) => !free[index]);
  if (taken.length > 0) {
    return fail(
      name,
      `${taken.join(', ')} ${taken.length === 1 ? 'is' : 'are'} used by another program`,
      'See who it is with `ss -ltnp`, end it, or choose another port.',
    );
  }
  if (ports.length > 0) return ok(name, `${ports.join(', ')} free on 127.0.0.1`);
  try {
    return ok(name, `127.0.0.1:${await pickPort()} and others are free`);
  } catch (error) {
    return fail(
      name,
      `127.0.0.1 takes no listener (${String(error)})`,
      'Bring the loopback interface up: `ip link set lo up`.',
    );
  }
}
