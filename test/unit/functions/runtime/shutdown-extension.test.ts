import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { registerShutdownExtension } from '#runtime/shutdown-extension.ts';
import { createRuntime } from '#runtime/runtime.ts';
import { environment, probe, quietTelemetry } from './support.ts';

/** What the Extensions API was asked: method, path, and the headers that matter. */
interface Asked {
  readonly line: string;
  readonly name: string | undefined;
  readonly id: string | undefined;
  readonly body: string;
}

let server: Server | undefined;
const INIT = Symbol.for('anineeplus.init');
const scope = globalThis as { [INIT]?: Promise<unknown> };
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
  delete scope[INIT];
  process.removeAllListeners('SIGTERM');
});

/** A stand-in of the Extensions API; it answers `next` never, and `register` with this status, or never. */
async function extensionsApi(status: number | 'never') {
  const asked: Asked[] = [];
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const { method, url, headers } = request;
      const [name, id] = [headers['lambda-extension-name'], headers['lambda-extension-identifier']];
      asked.push({ line: `${method} ${url}`, name: name as string, id: id as string, body });
      if (url?.endsWith('/next') || status === 'never') return;
      response.writeHead(status, status === 200 ? { 'Lambda-Extension-Identifier': 'ext-1' } : {}).end('{}');
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return { asked, address: `127.0.0.1:${(server.address() as AddressInfo).port}` };
}

describe('the extension that brings SIGTERM', () => {
  it('is registered for no event and ready, before the initialization ends', async () => {
    const { asked, address } = await extensionsApi(200);
    const { log, lines } = quietTelemetry();
    registerShutdownExtension(address, log);
    await scope[INIT];
    await vi.waitFor(() => expect(asked).toHaveLength(2));
    expect(asked).toEqual([
      {
        line: 'POST /2020-01-01/extension/register',
        name: 'anineeplus-unload',
        id: undefined,
        body: '{"events":[]}',
      },
      { line: 'GET /2020-01-01/extension/event/next', name: undefined, id: 'ext-1', body: '' },
    ]);
    expect(lines).toEqual([]);
  });

  it.each<[string, number | 'never' | 'nobody']>([
    ['is refused', 403],
    ['gets no answer', 'never'],
    ['finds nobody', 'nobody'],
  ])('that %s leaves the function as it is, with a warning', async (_, how) => {
    const { address } = how === 'nobody' ? { address: '127.0.0.1:9' } : await extensionsApi(how);
    const { log, lines } = quietTelemetry();
    registerShutdownExtension(address, log);
    await scope[INIT];
    expect(lines).toMatchObject([
      { level: 'warn', message: 'onUnload will not be called when the environment ends' },
    ]);
  });

  it('is not registered outside of Lambda', () => {
    registerShutdownExtension(undefined, quietTelemetry().log);
    expect(scope[INIT]).toBeUndefined();
  });

  it('is there for plugins with onUnload alone', async () => {
    const { asked, address } = await extensionsApi(200);
    const on = environment({ AWS_LAMBDA_RUNTIME_API: address });
    createRuntime(probe(), { environment: on, telemetry: quietTelemetry() });
    expect(scope[INIT]).toBeUndefined();
    createRuntime({ ...probe(), onUnload: () => {} }, { environment: on, telemetry: quietTelemetry() });
    await scope[INIT];
    await vi.waitFor(() =>
      expect(asked.map(({ line }) => line.split('/').at(-1))).toEqual(['register', 'next']),
    );
  });
});
