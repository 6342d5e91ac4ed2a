import { join } from 'node:path';
import type { Page, Request } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { copyProject, editJson, removeProject } from '#testing/project.ts';
import { type Issuer, startIssuer } from './issuer.ts';
import { inBrowser } from './support.ts';

const CLIENT = 'console';
const AUDIENCE = 'https://api.shop.example/';
const SCOPE = 'plugins:read';
const PAGE = '/console/errors?status=resolved';
const SHOWN = 'There are no resolved errors.';
const NO_TOKEN = 'GET /plugins 401';

let issuer: Issuer | undefined;
let project: string | undefined;

/** The project as a stage that is deployed with the console, and whose tokens come from an issuer of the test. */
async function startDeployed() {
  issuer = await startIssuer({ clientId: CLIENT, audience: AUDIENCE, scope: SCOPE });
  project = copyProject();
  const { url, certificate } = issuer;
  editJson(join(project, 'cdk.json'), (document) => {
    document.context = {
      stage: 'signin',
      auth: { issuer: url, audience: AUDIENCE },
      console: 'on',
      'console.clientId': CLIENT,
      'console.scope': `openid ${SCOPE}`,
    };
  });
  return {
    cwd: project,
    args: ['--auth', 'strict'],
    env: { NODE_EXTRA_CA_CERTS: certificate },
    ignoreHTTPSErrors: true,
  };
}

inBrowser(
  'the sign-in at an OpenID provider',
  (tests) => {
    beforeAll(() => started().serve(tests.system.url));
    beforeEach(() => {
      tests.allow(NO_TOKEN);
      started().setLifetime(3600);
      started().setAudience(AUDIENCE);
    });
    afterAll(async () => {
      await issuer?.stop();
      if (project !== undefined) removeProject(project);
    });
    const started = (): Issuer => {
      if (issuer === undefined) throw new Error('the issuer has not been started');
      return issuer;
    };
    const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
    const pathOf = (page: Page) => page.url().slice(tests.system.url.length);

    /** On the pages of the provider: who one is, and that the console may act for one. */
    async function identify(page: Page): Promise<void> {
      await page.getByPlaceholder('Enter any login').fill('ada');
      await page.getByPlaceholder('and password').fill('any');
      await button(page, 'Sign-in').click();
      await button(page, 'Continue').click();
    }
    async function signIn(page: Page): Promise<void> {
      await button(page, 'Sign in').click();
      await identify(page);
    }

    it('comes back to the page and its filters, and calls with the token that the issuer gave', async () => {
      const asked: Request[] = [];
      const page = await tests.open(PAGE);
      await button(page, 'Sign in').waitFor();
      await tests.look(page, 'sign-in');
      page.on('request', (request) => asked.push(request));
      await signIn(page);
      await page.getByText(SHOWN).waitFor();
      expect(pathOf(page)).toBe(PAGE);

      const authorization = new URL(
        asked.map((request) => request.url()).find((url) => url.includes('code_challenge')) ?? '',
      );
      expect(Object.fromEntries(authorization.searchParams)).toMatchObject({
        client_id: CLIENT,
        response_type: 'code',
        code_challenge_method: 'S256',
        redirect_uri: `${tests.system.url}/console/signed-in`,
        scope: `openid ${SCOPE}`,
      });
      const listed = asked.find((request) => new URL(request.url()).pathname === '/plugins/errors');
      const token = listed?.headers()['authorization']?.replace(/^Bearer /, '') ?? '';
      const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as object;
      expect(claims).toMatchObject({ iss: started().url, aud: AUDIENCE, sub: 'ada', scope: SCOPE });
      expect(await page.evaluate('localStorage.length + document.cookie.length')).toBe(0);

      // The token lives as long as the tab.
      await page.reload();
      await page.getByText(SHOWN).waitFor();
    });

    it('forgets the token when somebody signs out', async () => {
      const page = await tests.open('/console');
      await signIn(page);
      await page.getByRole('table', { name: 'Plugins' }).waitFor();
      await button(page, 'Sign out').click();
      await button(page, 'Sign in').waitFor();
      await page.reload();
      await button(page, 'Sign in').waitFor();
      expect(await page.getByRole('table').count()).toBe(0);
    });

    it('asks to sign in again once the token has expired, and comes back', async () => {
      started().setLifetime(6);
      const page = await tests.open(PAGE);
      await signIn(page);
      await page.getByText(SHOWN).waitFor();
      started().setLifetime(3600);
      // The page asks for its errors again every ten seconds.
      tests.allow('GET /plugins/errors 401');
      // The session at the issuer goes on: it asks nothing again.
      await button(page, 'Sign in').click();
      await page.getByText(SHOWN).waitFor();
      expect(pathOf(page)).toBe(PAGE);
    });

    it('says why the issuer refused, and tries again', async () => {
      const page = await tests.open('/console/audit');
      await button(page, 'Sign in').click();
      await page.getByRole('link', { name: '[ Cancel ]' }).click();
      const alert = page.getByRole('alert');
      await alert.getByText('End-User aborted interaction').waitFor();
      await alert.getByText('access_denied').waitFor();
      await tests.look(page, 'sign-in-refused');
      await signIn(page);
      await page.getByRole('heading', { name: 'Audit', level: 1 }).waitFor();
      expect(pathOf(page)).toBe('/console/audit');
    });

    it('takes no answer that it did not ask for', async () => {
      const page = await tests.open('/console/signed-in?code=of-somebody-else&state=any');
      await page.getByRole('alert').getByText('Nobody asked to sign in from this tab').waitFor();
      await button(page, 'Sign in').click();
      await page.getByPlaceholder('Enter any login').waitFor();
      const exchanges: string[] = [];
      page.on('request', (request) => void (request.method() === 'POST' && exchanges.push(request.url())));
      const answer = new URLSearchParams({ code: 'of-somebody-else', state: 'another', iss: started().url });
      await page.goto(`${tests.system.url}/console/signed-in?${answer.toString()}`);
      await page
        .getByRole('alert')
        .getByText(/"state"/)
        .waitFor();
      expect(exchanges).toEqual([]);
      expect(await page.evaluate("sessionStorage.getItem('anineeplus.token')")).toBeNull();
    });

    it('says that the API does not take the token', async () => {
      started().setAudience('https://another-api.example/');
      const page = await tests.open('/console');
      await signIn(page);
      await page.getByRole('alert').getByText('token-refused').waitFor();
      started().setAudience(AUDIENCE);
      await button(page, 'Sign in').click();
      await page.getByRole('table', { name: 'Plugins' }).waitFor();
    });

    it('says that the issuer does not answer', async () => {
      const page = await tests.open('/console');
      await page.route(`${started().url}/**`, (route) => route.abort('connectionrefused'));
      await button(page, 'Sign in').click();
      await page.getByRole('alert').getByText(`The issuer ${started().url} does not answer`).waitFor();
    });
  },
  startDeployed,
);
