import { readdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { isAlive, startFunctions } from './fixture.ts';

type System = Awaited<ReturnType<typeof startFunctions>>;
let system: System;
const start = async (...args: Parameters<typeof startFunctions>) => (system = await startFunctions(...args));
afterEach(() => system.stop());

const counting = `let calls = 0;
  export const handler = async (event) => ({ calls: ++calls, pid: process.pid, event });`;

describe('an environment', () => {
  it('is started for the first event and used again for the next', async () => {
    await start({ api: counting });
    const first = await system.call('api', { a: 1 });
    const second = await system.call('api');
    expect(first.body).toMatchObject({ calls: 1, event: { a: 1 } });
    expect(second.body).toMatchObject({ calls: 2, pid: first.body.pid });
    expect(system.invocations.list().map(({ coldStart }) => coldStart)).toEqual([true, false]);
  });

  it('takes the next event of a caller that is quicker than it, and no other one is started', async () => {
    await start({ api: counting });
    for (let call = 1; call <= 10; call += 1) expect((await system.call('api')).body.calls).toBe(call);
    // Each has a temporary folder of its own.
    expect(readdirSync(join(system.root, 'tmp'))).toHaveLength(1);
  });

  it('that is at work keeps no other one from being started', async () => {
    const waiting =
      'export const handler = ({ ms }) => new Promise((done) => setTimeout(done, ms, process.pid));';
    await start({ api: waiting });
    await system.call('api', { ms: 0 });
    await sleep(200);
    // Shorter than the time in which one that has answered asks for its next event.
    await Promise.all([system.call('api', { ms: 800 }), system.call('api', { ms: 0 })]);
    expect(readdirSync(join(system.root, 'tmp'))).toHaveLength(2);
  });

  it('is not started for more events at once than the reserved concurrency', async () => {
    const waiting = 'export const handler = ({ ms }) => new Promise((done) => setTimeout(done, ms, 1));';
    await start({ api: waiting }, { reservedConcurrency: 2 });
    const running = [system.call('api', { ms: 300 }), system.call('api', { ms: 300 })];
    await expect(system.call('api', { ms: 0 })).rejects.toThrow(
      'anineeplus-local-test-api runs 2 times at once already, its reserved concurrency',
    );
    await Promise.all(running);
    expect((await system.call('api', { ms: 0 })).body).toBe(1);
  });

  it('that has waited longest ends where there are as many as may be, and its function starts again', async () => {
    await start({ first: counting, second: counting, third: counting }, {}, { processesMax: 2 });
    /** Calls a function, and gives its process the time to ask for the next event. */
    const call = async (key: string) => {
      const { body } = await system.call(key);
      await sleep(200);
      return body;
    };
    const first = await call('first');
    const second = await call('second');
    expect(await call('first')).toMatchObject({ calls: 2, pid: first.pid });
    const third = await call('third');
    await vi.waitFor(() => expect(isAlive(Number(second.pid))).toBe(false));
    expect(await call('first')).toMatchObject({ calls: 3, pid: first.pid });
    expect(await call('second')).toMatchObject({ calls: 1 });
    await vi.waitFor(() => expect(isAlive(Number(third.pid))).toBe(false));
  });

  it('that is at work stays, however many there are', async () => {
    const slow = 'export const handler = () => new Promise((done) => setTimeout(done, 300, process.pid));';
    await start({ a: slow, b: slow, c: slow }, {}, { processesMax: 1 });
    const all = await Promise.all(['a', 'b', 'c'].map((key) => system.call(key)));
    expect(all.map(({ functionError }) => functionError)).toEqual([undefined, undefined, undefined]);
    const alive = () => all.filter(({ body }) => isAlive(Number(body)));
    await vi.waitFor(() => expect(alive()).toHaveLength(1));
  });

  it('sees exactly the variables of Lambda and its own', async () => {
    await start(
      { api: 'export const handler = async () => process.env;' },
      {},
      { overridesOf: (plugin) => ({ [`${plugin.toUpperCase()}_KEY`]: 'sk_test_1' }) },
    );
    const { body } = await system.call('api');
    expect(Object.keys(body).sort()).toEqual(
      [
        'ANINEEPLUS_PLUGIN',
        'ANINEEPLUS_SOURCE_FOLDER',
        'AWS_ACCESS_KEY_ID',
        'AWS_DEFAULT_REGION',
        'AWS_ENDPOINT_URL',
        'AWS_EXECUTION_ENV',
        'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
        'AWS_LAMBDA_FUNCTION_NAME',
        'AWS_LAMBDA_FUNCTION_VERSION',
        'AWS_LAMBDA_INITIALIZATION_TYPE',
        'AWS_LAMBDA_RUNTIME_API',
        'AWS_REGION',
        'AWS_SECRET_ACCESS_KEY',
        'LAMBDA_TASK_ROOT',
        'TEST_KEY',
        'TMPDIR',
        'TZ',
        '_HANDLER',
        '_X_AMZN_TRACE_ID',
      ].sort(),
    );
    expect(body).toMatchObject({
      ANINEEPLUS_SOURCE_FOLDER: 'plugins/test',
      LAMBDA_TASK_ROOT: system.codeDir,
      TZ: 'UTC',
      _HANDLER: 'functions/api.handler',
    });
  });

  it('gives the handler a context', async () => {
    await start({
      api: `export const handler = async (event, context) => ({
        ...context, remaining: context.getRemainingTimeInMillis() });`,
    });
    const arn = 'arn:aws:lambda:us-east-1:000000000000:function:anineeplus-local-test-api:live';
    const { payload, requestId } = await system.functions.invoke(arn, Buffer.from('{}'), 'http');
    const context = JSON.parse(payload.toString()) as Record<string, unknown>;
    expect(context).toMatchObject({
      awsRequestId: requestId,
      functionName: 'anineeplus-local-test-api',
      invokedFunctionArn: arn,
      memoryLimitInMB: '128',
    });
    expect(context.remaining).toBeGreaterThan(0);
    expect(context.remaining).toBeLessThanOrEqual(5_000);
  });

  it('runs events side by side in more environments, up to the bound; the rest waits', async () => {
    const source = `export const handler = async () => {
      await new Promise((resolve) => setTimeout(resolve, 100)); return { pid: process.pid }; };`;
    await start({ api: source }, {}, { environmentsMax: 3 });
    const answers = await Promise.all(Array.from({ length: 9 }, () => system.call('api')));
    expect(answers.every(({ functionError }) => functionError === undefined)).toBe(true);
    expect(new Set(answers.map(({ body }) => body.pid)).size).toBe(3);
  });

  it('may read its code, write its temporary folder, and nothing else', async () => {
    await start({
      api: `import { readFileSync, writeFileSync } from 'node:fs';
        import { spawnSync } from 'node:child_process';
        const attempt = (work) => { try { work(); return 'done'; } catch (error) { return error.code; } };
        export const handler = async ({ home }) => ({
          ownCode: attempt(() => readFileSync(new URL(import.meta.url))),
          home: attempt(() => readFileSync(home)),
          temporary: attempt(() => writeFileSync(process.env.TMPDIR + '/a', '1')),
          code: attempt(() => writeFileSync(process.env.LAMBDA_TASK_ROOT + '/a', '1')),
          spawn: attempt(() => spawnSync('id')),
        });`,
    });
    expect((await system.call('api', { home: join(homedir(), '.npmrc') })).body).toEqual({
      ownCode: 'done',
      home: 'ERR_ACCESS_DENIED',
      temporary: 'done',
      code: 'ERR_ACCESS_DENIED',
      spawn: 'ERR_ACCESS_DENIED',
    });
  });
});

describe('an invocation that fails', () => {
  const faulty = `let calls = 0;
    export const handler = async ({ how }) => {
      calls += 1;
      if (how === 'throw') throw new RangeError('too far');
      if (how === 'exit') process.exit(3);
      if (how === 'spin') for (;;);
      if (how === 'wait') await new Promise((resolve) => setTimeout(resolve, 60_000));
      if (how === 'reject') { Promise.reject(new Error('nobody listens')); await new Promise(() => {}); }
      if (how === 'fill') { const kept = []; for (;;) kept.push(new Array(1e6).fill(Math.random())); }
      return { calls, pid: process.pid };
    };`;

  it('by throwing answers type, message and trace, and keeps its environment', async () => {
    await start({ api: faulty });
    const failed = await system.call('api', { how: 'throw' });
    expect(failed).toMatchObject({
      functionError: 'Unhandled',
      body: { errorType: 'RangeError', errorMessage: 'too far', trace: expect.arrayContaining([]) },
    });
    expect((await system.call('api')).body.calls).toBe(2);
  });

  it.each(['spin', 'wait'])(
    'by running too long (%s) is ended at its timeout and its environment replaced',
    async (how) => {
      await start({ api: faulty }, { timeoutSeconds: 1 });
      const { body } = await system.call('api');
      const failed = await system.call('api', { how });
      expect(failed.functionError).toBe('Unhandled');
      expect(failed.body.errorType).toBe('Sandbox.Timedout');
      expect(failed.body.errorMessage).toMatch(
        new RegExp(`^\\d{4}-\\S+Z ${failed.requestId} Task timed out after 1.00 seconds$`),
      );
      await vi.waitFor(() => expect(isAlive(body.pid as number)).toBe(false));
      expect((await system.call('api')).body.calls).toBe(1);
      expect(system.invocations.list()[1]).toMatchObject({ status: 'timeout' });
    },
  );

  it.each([
    ['exit', 'Runtime.ExitError', /Runtime exited with error: exit status 3$/],
    ['fill', 'Runtime.ExitError', /Runtime exited with error: signal: aborted$/],
    ['reject', 'Runtime.UnhandledPromiseRejection', /nobody listens/],
  ])('by %s is answered as Lambda does, and the next one works', async (how, errorType, message) => {
    await start({ api: faulty }, { timeoutSeconds: 20 });
    const failed = await system.call('api', { how });
    expect(failed.body).toMatchObject({ errorType, errorMessage: expect.stringMatching(message) });
    expect((await system.call('api')).body.calls).toBe(1);
  });

  it('by an answer of more than 6 MB is an error', async () => {
    await start({ api: `export const handler = async () => 'x'.repeat(7 * 1024 * 1024);` });
    expect((await system.call('api')).body.errorType).toBe('Function.ResponseSizeTooLarge');
  });

  it('because its code does not load says why, and so does the next', async () => {
    await start({ api: 'throw new Error("no config");', typo: 'export const handle = 1;' });
    expect((await system.call('api')).body).toMatchObject({ errorType: 'Error', errorMessage: 'no config' });
    expect((await system.call('api')).functionError).toBe('Unhandled');
    expect((await system.call('typo')).body.errorType).toBe('Runtime.HandlerNotFound');
  });

  it('because its init takes too long is ended', async () => {
    await start(
      { api: 'await new Promise((resolve) => setTimeout(resolve, 60_000));' },
      {},
      { initTimeoutMs: 500 },
    );
    expect((await system.call('api')).body).toMatchObject({
      errorType: 'Sandbox.Timedout',
      errorMessage: 'Init timed out after 0.50 seconds',
    });
  });

  it('is refused when no such function exists', async () => {
    await start({ api: counting });
    await expect(system.call('nobody')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

describe('what a function prints', () => {
  it('is kept with the invocation; warnings reach the terminal, compactly', async () => {
    await start({
      api: `export const handler = async () => {
        console.log(JSON.stringify({ level: 'INFO', message: 'quiet', service: 'test' }));
        console.log(JSON.stringify({ level: 'WARN', message: 'careful', service: 'test', paymentId: 'pay_1' }));
        return {}; };`,
    });
    await system.call('api');
    await vi.waitFor(() => expect(system.invocations.list()[0]?.logs).toHaveLength(2));
    expect(system.terminal.lines).toEqual(['test/api  WARN careful {"paymentId":"pay_1"}']);
  });
});

describe('what a function writes while its environment starts', () => {
  it('stands in front of the log of the first invocation, and of no other', async () => {
    await start({
      api: `console.log('starting');
        export const handler = async () => { console.log('handling'); return {}; };`,
    });
    await system.call('api');
    await system.call('api');
    const logs = () => system.invocations.list().map((one) => one.logs);
    await vi.waitFor(() => expect(logs()).toEqual([['starting', 'handling'], ['handling']]));
  });
});

describe('a moved clock', () => {
  it('is passed to new environments, which every function gets; what runs finishes in the old', async () => {
    let offsetMs = 0;
    await start(
      {
        api: `export const handler = async ({ waitMs = 0 }) => {
          console.log('begun');
          await new Promise((resolve) => setTimeout(resolve, waitMs));
          return { offset: process.env.ANINEEPLUS_CLOCK_OFFSET_MS ?? 'none' }; };`,
      },
      {},
      { clockOffsetMs: () => offsetMs },
    );
    expect((await system.call('api')).body.offset).toBe('none');
    const inFlight = system.call('api', { waitMs: 300 });
    await vi.waitFor(() => expect(system.invocations.list().at(-1)?.logs).toEqual(['begun']));
    offsetMs = 3_600_000;
    system.functions.renew();
    expect((await system.call('api')).body.offset).toBe('3600000');
    expect((await inFlight).body.offset).toBe('none');
  });
});

describe('new code', () => {
  const version = (text: string) =>
    `export const handler = async () => ({ version: ${JSON.stringify(text)} });`;

  it('takes over when it has loaded, while the old finishes what it does', async () => {
    await start({
      api: `export const handler = async () => {
        await new Promise((resolve) => setTimeout(resolve, 300)); return { version: 'old' }; };`,
    });
    // A warm environment, so that the call is with the handler at once and does not wait for a start.
    await system.call('api');
    const next = await startFunctions({ api: version('new') });
    const inFlight = system.call('api');
    await vi.waitFor(() => expect(system.invocations.list().at(-1)?.status).toBe('running'));
    (await system.functions.prepare(['anineeplus-local-test-api'], next.codeDir)).commit();
    expect((await system.call('api')).body.version).toBe('new');
    expect((await inFlight).body.version).toBe('old');
    await next.stop();
  });

  it('can be taken back, and what it replaced serves again', async () => {
    await start({ api: version('old') });
    const next = await startFunctions({ api: version('new') });
    const takeBack = (await system.functions.prepare(['anineeplus-local-test-api'], next.codeDir)).commit();
    expect((await system.call('api')).body.version).toBe('new');
    takeBack();
    expect((await system.call('api')).body.version).toBe('old');
    await next.stop();
  });

  it('that does not load changes nothing', async () => {
    await start({ api: version('good'), other: version('good') });
    await system.call('api');
    await system.call('other');
    const next = await startFunctions({ api: 'throw new Error("broken");', other: version('bad') });
    const names = ['anineeplus-local-test-api', 'anineeplus-local-test-other'];
    await expect(system.functions.prepare(names, next.codeDir)).rejects.toThrow('broken');
    expect((await system.call('api')).body.version).toBe('good');
    expect((await system.call('other')).body.version).toBe('good');
    await next.stop();
  });

  it('of a new assembly is used for the next event; a function that it lacks is removed', async () => {
    await start({ api: version('one'), other: version('one') });
    await system.call('api');
    writeFileSync(join(system.codeDir, 'functions/api.mjs'), version('two'));
    const [api] = system.assembly.functions;
    system.functions.apply({ ...system.assembly, functions: [{ ...api!, memoryMb: 256 }] });
    expect((await system.call('api')).body.version).toBe('two');
    await expect(system.call('other')).rejects.toThrow('Function not found');
  });
});

/** A function that registers an extension as it loads, and says what happens to it. */
const extended = (onSigterm: string) => `
  const api = 'http://' + process.env.AWS_LAMBDA_RUNTIME_API + '/2020-01-01/extension/';
  const register = async (events = []) => {
    const headers = { 'Lambda-Extension-Name': 'test' };
    const { status, headers: got } = await fetch(api + 'register', { method: 'POST', headers, body: JSON.stringify({ events }) });
    return { status, id: got.get('lambda-extension-identifier') };
  };
  const shutdown = await register(['SHUTDOWN']);
  const own = await register();
  process.on('SIGTERM', () => { console.log('SIGTERM'); ${onSigterm} });
  export const handler = async () => ({ pid: process.pid, own, shutdown, late: await register() });`;

describe('the end of an environment', () => {
  const logs = () => system.invocations.list().flatMap((one) => one.logs);
  const ended = async (pid: number) => {
    const startedAt = performance.now();
    system.functions.renew();
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 3000, interval: 10 });
    return performance.now() - startedAt;
  };

  it('is SIGTERM for one with an extension, which can register while it loads alone', async () => {
    await start({ api: extended('process.exit(0);') });
    const { body } = await system.call('api');
    expect(body).toMatchObject({
      own: { status: 200, id: expect.any(String) },
      shutdown: { status: 403, id: null },
      late: { status: 403, id: null },
    });
    await ended(Number(body['pid']));
    await vi.waitFor(() => expect(logs()).toContain('SIGTERM'));
  });

  it('is a line on the input on Windows, which has no signals, and its temporary folder is the one there', async () => {
    const source = `const { tmpdir } = await import('node:os');
      const folders = [process.env.TEMP, process.env.TMP, process.env.TMPDIR];
      ${extended('process.exit(0);').replace('({ pid', '({ folders, tmpdir: tmpdir(), pid')}`;
    await start({ api: source }, {}, { platform: 'win32' });
    const { body } = await system.call('api');
    expect(new Set(body['folders'] as string[])).toEqual(new Set([body['tmpdir']]));
    await ended(Number(body['pid']));
    await vi.waitFor(() => expect(logs()).toContain('SIGTERM'));
  });

  it.each(['linux', 'win32'])('comes 500 ms after SIGTERM at the latest, on %s', async (platform) => {
    await start({ api: extended('') }, {}, { platform });
    const { body } = await system.call('api');
    expect(await ended(Number(body['pid']))).toBeGreaterThan(450);
    expect(logs()).toContain('SIGTERM');
  });

  it('is at once and without a signal for one without an extension', async () => {
    await start({
      api: `process.on('SIGTERM', () => console.log('SIGTERM'));
        export const handler = async () => ({ pid: process.pid });`,
    });
    const { body } = await system.call('api');
    expect(await ended(Number(body['pid']))).toBeLessThan(400);
    expect(logs()).not.toContain('SIGTERM');
  });
});
