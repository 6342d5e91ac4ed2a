import { afterAll, beforeAll, expect, it } from 'vitest';
import { composedSdl } from '#infra/bundling/compose/export-graphql.ts';
import { type System, startSystem } from '../support/system.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem({ args: ['--auth', 'strict'] });
});
afterAll(() => system?.stop());

it.each(['/dev/openapi', '/dev/graphql'])(
  '%s is a page that needs no token, with all it loads',
  async (path) => {
    const answer = await fetch(system.url + path);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self'; /);
    const loaded = [...(await answer.text()).matchAll(/(?:src|href)="(\/dev\/viewers\/[^"]+)"/g)];
    expect(loaded).toHaveLength(5);
    for (const [, file] of loaded) {
      const { status, headers } = await fetch(system.url + file);
      expect([file, status, headers.get('x-content-type-options')]).toEqual([file, 200, 'nosniff']);
    }
  },
);

it('/dev/schema.graphql is the schema that npm run schemas exports', async () => {
  const answer = await fetch(`${system.url}/dev/schema.graphql`);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8']);
  expect(await answer.text()).toBe(await composedSdl());
});
