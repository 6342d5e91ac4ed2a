import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestPlatform, type TestPlatform } from '#testing/index.ts';

let platform: TestPlatform;

beforeAll(async () => {
  platform = await startTestPlatform({
    plugins: [join(import.meta.dirname, '../../../../plugins/my-plugin')],
  });
});
afterAll(() => platform?.stop());

it('greets over HTTP and GraphQL, at the time of the system', async () => {
  const { status, body } = await platform.request('GET', '/my-plugin/greetings/Ada');
  expect([status, body.text]).toEqual([200, expect.stringMatching(/^Good \w+, Ada!$/)]);
  await platform.clock.advance('1d');
  const later = await platform.graphql('{ myPluginGreeting(name: "Grace") { text at } }');
  expect(later.body.data.myPluginGreeting.text).toContain('Grace');
  expect(Date.parse(later.body.data.myPluginGreeting.at) - Date.parse(body.at)).toBeGreaterThan(86_000_000);
});

it('greets nobody without the scope', async () => {
  const stranger = platform.as({ subject: 'eve', scopes: ['other:read'] });
  expect((await stranger.request('GET', '/my-plugin/greetings/Eve')).status).toBe(403);
});
