// What runs inside an execution environment: asks the Runtime API for events and calls the handler with them.
// Plain JavaScript with built-ins only, since the child may read nothing but its code and this folder.
const http = process.getBuiltinModule('node:http');
const { join, extname } = process.getBuiltinModule('node:path');
const { existsSync } = process.getBuiltinModule('node:fs');
const { pathToFileURL } = process.getBuiltinModule('node:url');

// Kept before the handler loads: tracers patch http.request, and calls of the Runtime API must not be traced.
const { request } = http;
const { watchCalls } = await import('./call-watch.mjs');
const api = new URL(`http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/`);
const watch = watchCalls({
  awsOrigin: new URL(process.env.AWS_ENDPOINT_URL).origin,
  keysUrl: process.env.ANINEEPLUS_AUTH_JWKS_URL,
  runtimeOrigin: api.origin,
});

const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
let currentRequestId;

function call(method, path, body) {
  return new Promise((resolve, reject) => {
    const outgoing = request(new URL(path, api), { method, agent }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ headers: response.headers, body: Buffer.concat(chunks).toString() }),
      );
      response.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
    // Without the runner there is no event to wait for.
  }).catch(() => process.exit(0));
}

function errorDocument(error) {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return { errorType: error.name, errorMessage: error.message, trace: String(error.stack).split('\n') };
}

async function reportFatalError(errorType, error) {
  const document = { ...errorDocument(error), errorType };
  await call('POST', `invocation/${currentRequestId}/error`, JSON.stringify(document));
  process.exit(129);
}

async function loadHandler() {
  const separator = process.env._HANDLER.lastIndexOf('.');
  const stem = join(process.env.LAMBDA_TASK_ROOT, process.env._HANDLER.slice(0, separator));
  const file = ['.mjs', '.js', '.cjs'].map((extension) => stem + extension).find((path) => existsSync(path));
  if (file === undefined) {
    throw Object.assign(new Error(`Cannot find module '${stem}'`), { name: 'Runtime.ImportModuleError' });
  }
  const module = await import(pathToFileURL(file).href);
  const exported = process.env._HANDLER.slice(separator + 1);
  const handler = module[exported] ?? (extname(file) === '.mjs' ? undefined : module.default?.[exported]);
  if (typeof handler !== 'function') {
    const message = `${process.env._HANDLER} is undefined or not exported`;
    throw Object.assign(new Error(message), { name: 'Runtime.HandlerNotFound' });
  }
  return handler;
}

function contextOf(headers) {
  const deadlineMs = Number(headers['lambda-runtime-deadline-ms']);
  return {
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    awsRequestId: headers['lambda-runtime-aws-request-id'],
    logGroupName: `/aws/lambda/${process.env.AWS_LAMBDA_FUNCTION_NAME}`,
    logStreamName: 'local',
    callbackWaitsForEmptyEventLoop: false,
    getRemainingTimeInMillis: () => Math.max(0, deadlineMs - Date.now()),
  };
}

async function serve(handler) {
  for (;;) {
    const next = await call('GET', 'invocation/next');
    currentRequestId = next.headers['lambda-runtime-aws-request-id'];
    process.env._X_AMZN_TRACE_ID = next.headers['lambda-runtime-trace-id'];
    watch.arm(currentRequestId, JSON.parse(next.headers['x-anineeplus-faults'] ?? '[]'));
    try {
      const result = await handler(JSON.parse(next.body), contextOf(next.headers));
      await call('POST', `invocation/${currentRequestId}/response`, JSON.stringify(result) ?? 'null');
    } catch (error) {
      await call('POST', `invocation/${currentRequestId}/error`, JSON.stringify(errorDocument(error)));
    }
  }
}

// Windows has no SIGTERM: the runner ends the input instead.
if (process.argv[2] === 'end-by-input') {
  process.stdin.once('data', () => process.emit('SIGTERM', 'SIGTERM') || process.exit(1));
}

try {
  const handler = await loadHandler();
  process.on('uncaughtException', (error) => reportFatalError('Runtime.UncaughtException', error));
  process.on('unhandledRejection', (error) => reportFatalError('Runtime.UnhandledPromiseRejection', error));
  await serve(handler);
} catch (error) {
  await call('POST', 'init/error', JSON.stringify(errorDocument(error)));
  process.exit(1);
}
