import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '../ids.ts';
import type { FaultRecord } from '../store/records.ts';
import type { Cause, World } from '../world.ts';
import type { ApiAnswer, ApiRequest } from './execute.ts';
import { answer, execute } from './execute.ts';
import { ApiError } from './errors.ts';
import { faultBody, takeFault } from './faults.ts';
import { checkKey, keyInUse } from './idempotency.ts';

const LOG_MAX = 5000;

/** Serves `/v1`: faults, the one-at-a-time rule of idempotency keys, and the request log. */
export interface ApiServer {
  /** The answer, or `cut` when a fault says that the connection breaks. */
  serve(request: ApiRequest): Promise<ApiAnswer | 'cut'>;
}

/** Makes the API side of a sandbox. */
export function createApiServer(world: World): ApiServer {
  const running = new Set<string>();

  const locked = async (request: ApiRequest, cause: Cause, fault: FaultRecord | undefined) => {
    const key = cause.idempotencyKey;
    if (key !== null) running.add(key);
    try {
      if (!fault) return execute(world, request, cause);
      return await withFault(world, request, cause, fault);
    } finally {
      if (key !== null) running.delete(key);
    }
  };

  return {
    async serve(request) {
      const cause = causeOf(request);
      if (cause instanceof ApiError) return refuse(world, request, cause);
      const key = cause.idempotencyKey;
      if (key !== null && running.has(key)) return refuse(world, request, keyInUse(key), key);
      const fault = takeFault(world, request.method, request.path);
      const made = await locked(request, cause, fault);
      log(world, request, cause, made, fault !== undefined);
      world.wake();
      return made;
    },
  };
}

function causeOf(request: ApiRequest): Cause | ApiError {
  try {
    const header = request.headers['idempotency-key'];
    const idempotencyKey = checkKey(request.method, Array.isArray(header) ? header[0] : header);
    return { requestId: newId('req'), idempotencyKey };
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
}

function refuse(world: World, request: ApiRequest, error: ApiError, key: string | null = null): ApiAnswer {
  const cause = { requestId: newId('req'), idempotencyKey: key };
  const made = answer(cause, error.status, { error: error.body });
  log(world, request, cause, made, false);
  return made;
}

async function withFault(
  world: World,
  request: ApiRequest,
  cause: Cause,
  fault: FaultRecord,
): Promise<ApiAnswer | 'cut'> {
  const acted = fault.after ? execute(world, request, cause) : undefined;
  if (acted) world.wake();
  await sleep(fault.delayMs);
  const onlyAfter = fault.after && fault.status === undefined && fault.delayMs === 0;
  if (fault.reset || onlyAfter) return 'cut';
  if (fault.status === undefined) return acted ?? execute(world, request, cause);
  const made = answer(cause, fault.status, faultBody(fault));
  return { ...made, headers: { ...made.headers, ...fault.headers } };
}

function log(world: World, request: ApiRequest, cause: Cause, made: ApiAnswer | 'cut', fault: boolean): void {
  const id = cause.requestId ?? '';
  world.store.put('request', id, {
    id,
    at: new Date(world.nowMs()).toISOString(),
    method: request.method,
    path: request.path,
    idempotencyKey: cause.idempotencyKey,
    status: made === 'cut' ? null : made.status,
    replayed: made !== 'cut' && made.replayed,
    fault,
  });
  world.store.trim('request', LOG_MAX);
}
