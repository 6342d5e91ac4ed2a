import { setTimeout as sleep } from 'node:timers/promises';
import type { RequestCause, SandboxAccount } from '../account.ts';
import type { FaultRecord } from '../store/records.ts';
import type { Api, ApiAnswer, ApiRequest } from './api.ts';

const LOG_MAX = 5000;

/** Serves a provider's API: ordered faults, one request at a time for each idempotency key, and the request log. */
export interface ApiServer {
  /** The answer, or `cut` when a fault says that the connection breaks. */
  serve(request: ApiRequest): Promise<ApiAnswer | 'cut'>;
}

/** Makes the API side of a sandbox. */
export function createApiServer(account: SandboxAccount, api: Api): ApiServer {
  const running = new Set<string>();

  const locked = async (request: ApiRequest, cause: RequestCause, fault: FaultRecord | undefined) => {
    const key = cause.idempotencyKey;
    if (key !== null) running.add(key);
    try {
      if (!fault) return execute(api, request, cause);
      return await withFault(account, api, { request, cause, fault });
    } finally {
      if (key !== null) running.delete(key);
    }
  };

  return {
    async serve(request) {
      const cause = causeOf(api, request);
      const key = cause.idempotencyKey;
      if (key !== null && running.has(key)) {
        const refused = api.keyInUse(cause);
        logRequest(account, { request, cause, fault: undefined }, refused);
        return refused;
      }
      const fault = takeFault(account, request);
      const made = await locked(request, cause, fault);
      logRequest(account, { request, cause, fault }, made);
      account.wake();
      return made;
    },
  };
}

/** A new request id, and the idempotency key of a request that has one; reads never have. */
function causeOf(api: Api, { headers, method }: ApiRequest): RequestCause {
  const [key = ''] = [headers[api.keyHeader]].flat();
  return { requestId: api.newRequestId(), idempotencyKey: method !== 'POST' || key === '' ? null : key };
}

/** Judges, runs and remembers one request; it never throws. */
function execute(api: Api, request: ApiRequest, cause: RequestCause): ApiAnswer {
  try {
    return api.execute(request, cause);
  } catch (error) {
    const refused = api.refusal(cause, error);
    if (refused) return refused;
    process.emitWarning(error instanceof Error ? error : String(error));
    return api.defect(cause, 'The sandbox failed; this is a defect of the sandbox, not of the request.');
  }
}

/** The first fault that strikes the request; one of its times is used up. */
function takeFault(account: SandboxAccount, { method, path }: ApiRequest): FaultRecord | undefined {
  const strikes = (fault: FaultRecord): boolean =>
    [undefined, method].includes(fault.method) &&
    path.includes(fault.path ?? '') &&
    (fault.share === undefined || Math.random() < fault.share);
  return account.store.transaction(() => {
    const found = account.store.entries('fault').find(({ value }) => strikes(value));
    if (!found) return undefined;
    if (found.value.times === undefined) return found.value;
    const times = found.value.times - 1;
    if (times > 0) account.store.put('fault', found.id, { ...found.value, times });
    else account.store.delete('fault', found.id);
    return found.value;
  });
}

interface Served {
  readonly request: ApiRequest;
  readonly cause: RequestCause;
  readonly fault: FaultRecord | undefined;
}

async function withFault(
  account: SandboxAccount,
  api: Api,
  { request, cause, fault }: Served & { readonly fault: FaultRecord },
): Promise<ApiAnswer | 'cut'> {
  const acted = fault.after ? execute(api, request, cause) : undefined;
  if (acted) account.wake();
  await sleep(fault.delayMs);
  const onlyAfter = fault.after && fault.status === undefined && fault.delayMs === 0;
  if (fault.reset || onlyAfter) return 'cut';
  if (fault.status === undefined) return acted ?? execute(api, request, cause);
  const made = api.answer(cause, fault.status, bodyOf(fault) ?? api.failure(cause, fault.status));
  return { ...made, headers: { ...made.headers, ...fault.headers } };
}

function bodyOf({ body }: FaultRecord): object | string | undefined {
  return body === undefined || typeof body === 'string' ? body : (body as object);
}

function logRequest(
  account: SandboxAccount,
  { request, cause, fault }: Served,
  made: ApiAnswer | 'cut',
): void {
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
