import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { printGreeting } from '#infra/local/runner/greeting.ts';
import { createRequestLog } from '#infra/local/runner/request-log.ts';
import { createSteps } from '#infra/local/runner/steps.ts';
import { openTerminal } from '#infra/local/runner/terminal.ts';

/** An output, as a terminal or as a file. */
function output(isTTY: boolean): { readonly stream: NodeJS.WriteStream; readonly text: () => string } {
  const stream = new PassThrough();
  let text = '';
  stream.on('data', (chunk) => (text += String(chunk)));
  const getColorDepth = () => (process.env['NO_COLOR'] ? 1 : 8);
  return {
    stream: Object.assign(stream, { isTTY, columns: 100, getColorDepth }) as unknown as NodeJS.WriteStream,
    text: () => text,
  };
}

beforeEach(() => {
  vi.useFakeTimers();
  for (const name of ['NO_COLOR', 'FORCE_COLOR', 'NODE_DISABLE_COLORS']) vi.stubEnv(name, undefined);
  vi.stubEnv('TERM', 'xterm-256color');
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

describe('colours', () => {
  const hasColors = (isTTY: boolean) => {
    const { stream, text } = output(isTTY);
    openTerminal(stream).error('x');
    return text() !== stripVTControlCharacters(text());
  };

  it('are for terminals', () => {
    expect(hasColors(true)).toBe(true);
    expect(hasColors(false)).toBe(false);
  });

  it('obey NO_COLOR and FORCE_COLOR', () => {
    vi.stubEnv('NO_COLOR', '1');
    expect(hasColors(true)).toBe(false);
    vi.stubEnv('NO_COLOR', undefined);
    vi.stubEnv('FORCE_COLOR', '1');
    expect(hasColors(false)).toBe(true);
  });

  it('and the cursor are not moved by what a function or a caller says', () => {
    const { stream, text } = output(false);
    const terminal = openTerminal(stream);
    terminal.info('\u001B[2Ja');
    terminal.parts(['green', '\u001B[31mb']);
    expect(text()).toBe('a\nb\n');
  });
});

describe('what is waited for', () => {
  it('is one line with seconds on a terminal, which every other line pushes down', () => {
    const { stream, text } = output(true);
    vi.stubEnv('NO_COLOR', '1');
    const terminal = openTerminal(stream);
    const steps = createSteps(terminal);
    steps.begin('synth', 'building');
    vi.advanceTimersByTime(2_100);
    terminal.warn('careful');
    steps.end('synth', '3 plugins');
    const clear = '\r\u001B[2K';
    expect(text()).toContain(`${clear}  synth         building, 2 s${clear}warning careful\n`);
    expect(text().split(clear).at(-1)).toMatch(/^ {2}synth {9}3 plugins +2\.1 s\n$/);
    const before = text();
    vi.advanceTimersByTime(5_000);
    expect(text()).toBe(before);
  });

  it('is said once elsewhere, and only when it takes long', () => {
    const { stream, text } = output(false);
    const steps = createSteps(openTerminal(stream));
    steps.begin('synth', 'building');
    vi.advanceTimersByTime(3_900);
    expect(text()).toBe('');
    vi.advanceTimersByTime(20_000);
    expect(text()).toBe('  synth         building ...\n');
    steps.end('synth', '3 plugins');
  });
});

it('a system that stops says so last; only functions and errors are heard after that', () => {
  const { stream, text } = output(true);
  vi.stubEnv('NO_COLOR', '1');
  const terminal = openTerminal(stream);
  terminal.busy.set('synth', 'building');
  terminal.end('stopping');
  terminal.warn('a call failed');
  terminal.info('log line');
  terminal.error('the disk is full');
  vi.advanceTimersByTime(5_000);
  // oxlint-disable-next-line no-control-regex -- the cursor is moved by control characters
  const shown = text().replaceAll(/[^\n]*\r\u001B\[2K/g, '');
  expect(shown).toBe('stopping\nlog line\nerror the disk is full\n');
});

describe('the line of a call', () => {
  const call = {
    via: 'api' as const,
    method: 'GET',
    path: '/payments',
    status: 200,
    durationMs: 12.4,
    functionArn: 'arn:f',
    isRefresh: false,
  };
  const open = () => {
    const { stream, text } = output(false);
    const log = createRequestLog(openTerminal(stream), (arn) => `label of ${arn}`);
    return { log, text };
  };

  it('has status, time, method, path and function, from when the system is ready', () => {
    const { log, text } = open();
    log.answered(call);
    expect(text()).toBe('');
    log.begin();
    log.answered(call);
    log.answered({ ...call, path: `/${'x'.repeat(100)}`, status: 404, functionArn: undefined });
    expect(text()).toBe(
      `200     12 ms  GET    /payments  label of arn:f\n404     12 ms  GET    /${'x'.repeat(56)}...\n`,
    );
  });

  it('is left out for what a page asks again, unless that is refused', () => {
    const { log, text } = open();
    log.begin();
    for (const status of [200, 404, 500]) log.answered({ ...call, status, isRefresh: true });
    expect(text().match(/^\d+/gm)).toEqual(['404', '500']);
  });

  it('is left out when a second has too many, which are counted by status', () => {
    const { log, text } = open();
    log.begin();
    for (let n = 0; n < 25; n++) log.answered({ ...call, status: n === 24 ? 503 : 200 });
    expect(text().trim().split('\n')).toHaveLength(20);
    vi.advanceTimersByTime(1_000);
    expect(text().trim().split('\n').at(-1)).toBe(
      '... and 5 more calls within that second: 4 x 200, 1 x 503',
    );
    log.answered(call);
    expect(text().trim().split('\n')).toHaveLength(22);
    log.stop();
  });
});

it('the greeting has no command that a shell of Windows takes apart', () => {
  const greet = (platform: string) => {
    const { stream, text } = output(false);
    const greeting = {
      origin: 'http://localhost:3000',
      sandboxes: [],
      stateDir: '.local',
      strict: false,
      hasConsole: true,
    };
    printGreeting(openTerminal(stream), { ...greeting, platform });
    return text();
  };
  expect(greet('linux').match(/^ {2}curl /gm)).toHaveLength(5);
  expect(greet('win32').match(/^ {2}curl /gm)).toHaveLength(2);
  expect(greet('win32')).not.toContain("'");
  expect(greet('win32')).toContain('  console       http://localhost:3000/console');
  expect(greet('win32')).toContain('  OpenAPI       http://localhost:3000/dev/openapi');
});
