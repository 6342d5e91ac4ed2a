import { setTimeout as sleep } from 'node:timers/promises';
import type { Cause, SandboxAccount } from '../account.ts';
import type { FaultRecord } from '../store/records.ts';
import type { Api, ApiAnswer, ApiRequest } from './api.ts';
import { takeFault } from './faults.ts';

const LOG_MAX = 5000;

/** Serves a provider's API: faults, the one-at-a-time rule of idempotency keys, and the request log. */
export interface ApiServer {
  /** The answer, or `cut` when a fault says that the connection breaks. */
  serve(request: ApiRequest): Promise<ApiAnswer | 'cut'>;
}

/** Makes the API side of a sandbox. */
export function createApiServer(account: SandboxAccount, api: Api): ApiServer {
  const running = new Set<string>();

  const locked = async (request: ApiRequest, cause: Cause, fault: FaultRecord | undefined) => {
    const key = cause.idempotencyKey;
    if (key !== null) running.add(key);
    try {
      if (!fault) return api.execute(request, cause);
      return await withFault(account, api, { request, cause, fault });
    } finally {
      if (key !== null) running.delete(key);
    }
  };

  return {
    async serve(request) {
      const cause = api.causeOf(request);
      const key = cause.idempotencyKey;
      if (key !== null && running.has(key)) {
        const refused = api.keyInUse(cause);
        log(account, { request, cause, fault: undefined }, refused);
        return refused;
      }
      const fault = takeFault(account, request.method, request.path);
      const made = await locked(request, cause, fault);
      log(account, { request, cause, fault }, made);
      account.wake();
      return made;
    },
  };
}

interface Served {
  readonly request: ApiRequest;
  readonly cause: Cause;
  readonly fault: FaultRecord | undefined;
}

async function withFault(
  account: SandboxAccount,
  api: Api,
  { request, cause, fault }: Served & { readonly fault: FaultRecord },
): Promise<ApiAnswer | 'cut'> {
  const acted = fault.after ? api.execute(request, cause) : undefined;
  if (acted) account.wake();
  await sleep(fault.delayMs);
  const onlyAfter = fault.after && fault.status === undefined && fault.delayMs === 0;
  if (fault.reset || onlyAfter) return 'cut';
  if (fault.status === undefined) return acted ?? api.execute(request, cause);
  const made = api.answer(cause, fault.status, bodyOf(fault) ?? api.failure(cause, fault.status));
  return { ...made, headers: { ...made.headers, ...fault.headers } };
}

function bodyOf({ body }: FaultRecord): object | string | undefined {
  return body === undefined || typeof body === 'string' ? body : (body as object);
}

function log(account: SandboxAccount, { request, cause, fault }: Served, made: ApiAnswer | 'cut'): void {
  const id = cause.requestId ?? '';
  account.store.put('request', id, {
    id,
    at: new Date(account.nowMs()).toISOString(),
    method: request.method,
    path: request.path,
    idempotencyKey: cause.idempotencyKey,
    status: made === 'cut' ? null : made.status,
    replayed: made !== 'cut' && made.replayed,
    fault: fault !== undefined,
  });
  account.store.trim('request', LOG_MAX);
}
