// Reports every call that leaves the environment to the runner, and injects the faults that a developer asked for.
// Calls are intercepted at `http.request` and `fetch`, which every SDK uses.
const http = process.getBuiltinModule('node:http');
const https = process.getBuiltinModule('node:https');
const { syncBuiltinESMExports } = process.getBuiltinModule('node:module');
const { Socket } = process.getBuiltinModule('node:net');
const { writeSync } = process.getBuiltinModule('node:fs');

// File descriptor that the runner reads; written synchronously, so that a call is reported even if the process is killed in it.
const REPORT_FD = 3;

const connectionReset = () => Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });

/** An agent whose connections are reset at once: the call fails before a byte has left. */
function resettingAgent(module) {
  const agent = new module.Agent();
  agent.createConnection = () => {
    const socket = new Socket();
    process.nextTick(() => socket.destroy(connectionReset()));
    return socket;
  };
  return agent;
}

/** Ends or blocks this process. @returns false when the call is to fail instead */
function crashOrHang(kind) {
  if (kind === 'crash') process.kill(process.pid, 'SIGKILL');
  // Blocks the event loop for good, as a deadlock would: only the function's timeout ends it.
  if (kind === 'hang') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  return false;
}

/** Withholds the response from the caller, who then sees the connection reset. */
function failAfterResponse(outgoing, kind) {
  const emit = outgoing.emit.bind(outgoing);
  outgoing.emit = (event, ...args) => {
    if (event !== 'response') return emit(event, ...args);
    crashOrHang(kind);
    args[0].resume();
    process.nextTick(() => emit('error', connectionReset()));
    return true;
  };
}

function targetOf(args, scheme) {
  const [first, second] = args;
  const options = typeof first === 'string' || first instanceof URL ? second : first;
  const headers = options?.headers ?? {};
  if (typeof first === 'string' || first instanceof URL) {
    const url = new URL(first);
    return { origin: url.origin, path: url.pathname, method: options?.method ?? 'GET', headers };
  }
  const host = options.hostname ?? options.host ?? 'localhost';
  const origin = `${options.protocol ?? scheme}//${host}${options.port ? `:${options.port}` : ''}`;
  // Normalised where possible (default ports, case); an origin that cannot be parsed must not make the call fail.
  const named = URL.parse(origin)?.origin ?? origin;
  return { origin: named, path: options.path ?? '/', method: options.method ?? 'GET', headers };
}

/**
 * Wraps `http.request` and `fetch`. @param awsOrigin where AWS calls go; every other call is a provider's, but for `keysUrl`, where
 * the platform reads the keys of tokens, and those of Lambda's own API at `runtimeOrigin`
 */
export function watchCalls({ awsOrigin, keysUrl, runtimeOrigin }) {
  let armed = [];
  let requestId;

  const report = (entry) => writeSync(REPORT_FD, `${JSON.stringify({ requestId, ...entry })}\n`);

  /** Sending spans is no step of a function: it is neither counted nor made to fail. */
  const isSpanExport = ({ origin, path }) => origin === awsOrigin && path === '/v1/traces';

  /** Reports one call and finds the fault to inject into it. */
  function observe({ origin, path, method, headers }) {
    const target = origin === awsOrigin ? 'aws' : 'provider';
    const action = headers['x-amz-target'] ?? headers['X-Amz-Target'];
    report({ target, method, origin, path: path.split('?')[0], action });
    const matching = armed.filter((fault) => fault.target === target && --fault.n === 0);
    armed = armed.filter((fault) => fault.n > 0);
    for (const { id } of matching) report({ fault: id });
    return matching[0];
  }

  for (const [module, scheme] of [
    [http, 'http:'],
    [https, 'https:'],
  ]) {
    const original = module.request;
    module.request = function request(...args) {
      const target = targetOf(args, scheme);
      if (target.origin === runtimeOrigin || isSpanExport(target)) return original.apply(this, args);
      const fault = observe(target);
      if (fault?.when === 'before' && !crashOrHang(fault.kind)) {
        const at = typeof args[0] === 'string' || args[0] instanceof URL ? 1 : 0;
        const options = typeof args[at] === 'object' ? args[at] : {};
        args.splice(at, typeof args[at] === 'object' ? 1 : 0, { ...options, agent: resettingAgent(module) });
      }
      const outgoing = original.apply(this, args);
      if (fault?.when === 'after') failAfterResponse(outgoing, fault.kind);
      return outgoing;
    };
    module.get = (...args) => {
      const outgoing = module.request(...args);
      outgoing.end();
      return outgoing;
    };
  }

  const originalFetch = globalThis.fetch;
  globalThis.fetch = async function fetch(input, init) {
    const url = new URL(typeof input === 'object' && 'url' in input ? input.url : input);
    if (url.href === keysUrl) return originalFetch(input, init);
    const method = init?.method ?? input.method ?? 'GET';
    const headers = Object.fromEntries(new Headers(init?.headers ?? input.headers));
    const fault = observe({ origin: url.origin, path: url.pathname, method, headers });
    const fail = () => new TypeError('fetch failed', { cause: connectionReset() });
    if (fault?.when === 'before' && !crashOrHang(fault.kind)) throw fail();
    const response = await originalFetch(input, init);
    if (fault?.when === 'after' && !crashOrHang(fault.kind)) throw fail();
    return response;
  };

  syncBuiltinESMExports();
  return {
    /** Sets the faults of the invocation that begins: `{id, target, kind, n, when}`, n counted from here. */
    arm(id, faults) {
      requestId = id;
      armed = faults;
    },
  };
}
