import type { FaultRecord } from '../store/records.ts';
import type { World } from '../world.ts';

/** Takes the first fault that fits the request, using up one of its times. */
export function takeFault(world: World, method: string, path: string): FaultRecord | undefined {
  return world.store.transaction(() => {
    const fits = ({ value }: { value: FaultRecord }) =>
      (value.method === undefined || value.method === method) && path.includes(value.path ?? '');
    const found = world.store.all('fault').find(fits);
    if (!found) return undefined;
    const times = found.value.times - 1;
    if (times > 0) world.store.put('fault', found.id, { ...found.value, times });
    else world.store.delete('fault', found.id);
    return found.value;
  });
}

/** What a fault answers when it names a status but no body. */
export function faultBody({ body, status }: FaultRecord): object | string {
  if (body !== undefined) return typeof body === 'string' ? body : (body as object);
  if (status === 429) {
    const message = 'Request rate limit exceeded. Learn more about rate limits in the documentation.';
    return { error: { type: 'invalid_request_error', code: 'rate_limit', message } };
  }
  const type = (status ?? 500) >= 500 ? 'api_error' : 'invalid_request_error';
  return { error: { type, message: 'A failure ordered by a test.' } };
}
