import { request } from '../world/network.js';
import type { Life } from '../world/life.js';
import { Unavailable } from '../world/unavailable.js';
import type { Place } from './site.js';

/** Asks whoever has the place now. @throws {Unavailable} and what the one asked refuses */
export function ask<Service, Value>(
  from: Life,
  place: Place<Service>,
  work: (service: Service) => Promise<Value> | Value,
  timeoutMs?: number,
): Promise<Value> {
  return request(
    from,
    place.host,
    async () => {
      if (!place.service) throw new Unavailable(`${place.host.name} is not up yet`);
      return work(place.service);
    },
    timeoutMs,
  );
}
