import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair } from 'jose';
import { type Configuration, Provider } from 'oidc-provider';
import { makeCertificate } from '#test/unit/plugins/payment/providers/paypal/certificate-maker.ts';

/** What an issuer knows of the console and the API. */
export interface IssuerOptions {
  readonly clientId: string;
  /** The API that tokens are for. */
  readonly audience: string;
  /** Scopes of that API, with spaces between. */
  readonly scope: string;
}

/** An OpenID provider on this machine, over TLS as issuers are. */
export interface Issuer {
  readonly url: string;
  /** The file of the certificate that its clients have to trust. */
  readonly certificate: string;
  /** Lets the console of this origin sign people in. */
  serve(origin: string): void;
  /** How long the access tokens live that it issues from now on. */
  setLifetime(seconds: number): void;
  /** Whom the tokens are for that it issues from now on. */
  setAudience(audience: string): void;
  stop(): Promise<void>;
}

const LIFETIME_SECONDS = 3600;

/** Starts a provider whose pages take any name and password, and ask for consent. */
export async function startIssuer({ clientId, audience, scope }: IssuerOptions): Promise<Issuer> {
  const folder = mkdtempSync(join(tmpdir(), 'anineeplus-issuer-'));
  const certificate = join(folder, 'certificate.pem');
  // Node.js takes a name from the subject where a certificate has no other.
  const { pem, privateKey } = makeCertificate({ name: 'localhost', isCa: true });
  writeFileSync(certificate, pem);
  let answer: RequestListener = (_request, response) => void response.writeHead(503).end();
  const server = createServer(
    { cert: pem, key: privateKey.export({ type: 'pkcs8', format: 'pem' }) },
    (request, response) => answer(request, response),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `https://localhost:${(server.address() as AddressInfo).port}`;
  const keys = await generateKeyPair('RS256', { extractable: true });
  const key = { ...(await exportJWK(keys.privateKey)), kid: 'issuer-1', alg: 'RS256', use: 'sig' };
  const issued = { lifetimeSeconds: LIFETIME_SECONDS, audience };

  return {
    url,
    certificate,
    serve(origin) {
      const configuration: Configuration = {
        clients: [
          {
            client_id: clientId,
            token_endpoint_auth_method: 'none',
            redirect_uris: [`${origin}/console/signed-in`],
          },
        ],
        jwks: { keys: [key] },
        cookies: { keys: ['of this test alone'] },
        // A page that exchanges its code itself calls from its own origin.
        clientBasedCORS: (_context, asked) => asked === origin,
        features: {
          resourceIndicators: {
            enabled: true,
            getResourceServerInfo: () => ({
              scope,
              audience: issued.audience,
              accessTokenTTL: issued.lifetimeSeconds,
              accessTokenFormat: 'jwt',
              jwt: { sign: { alg: 'RS256' } },
            }),
          },
        },
        extraTokenClaims: () => ({ tenant: 'default' }),
      };
      const provider = new Provider(url, configuration).callback();
      answer = (request, response) => void provider(request, response);
    },
    setLifetime: (seconds) => void (issued.lifetimeSeconds = seconds),
    setAudience: (other) => void (issued.audience = other),
    async stop() {
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
