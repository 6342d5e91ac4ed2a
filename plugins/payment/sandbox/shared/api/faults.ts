import type { SandboxAccount } from '../account.ts';
import type { FaultRecord } from '../store/records.ts';

/** Takes the first fault that fits the request, using up one of its times. */
export function takeFault(account: SandboxAccount, method: string, path: string): FaultRecord | undefined {
  return account.store.transaction(() => {
    const fits = ({ value }: { value: FaultRecord }) =>
      (value.method === undefined || value.method === method) && path.includes(value.path ?? '');
    const found = account.store.all('fault').find(fits);
    if (!found) return undefined;
    const times = found.value.times - 1;
    if (times > 0) account.store.put('fault', found.id, { ...found.value, times });
    else account.store.delete('fault', found.id);
    return found.value;
  });
}
