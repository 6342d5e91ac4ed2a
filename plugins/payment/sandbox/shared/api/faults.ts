import type { Core } from '../core.ts';
import type { FaultRecord } from '../store/records.ts';

/** Takes the first fault that fits the request, using up one of its times. */
export function takeFault(core: Core, method: string, path: string): FaultRecord | undefined {
  return core.store.transaction(() => {
    const fits = ({ value }: { value: FaultRecord }) =>
      (value.method === undefined || value.method === method) && path.includes(value.path ?? '');
    const found = core.store.all('fault').find(fits);
    if (!found) return undefined;
    const times = found.value.times - 1;
    if (times > 0) core.store.put('fault', found.id, { ...found.value, times });
    else core.store.delete('fault', found.id);
    return found.value;
  });
}
