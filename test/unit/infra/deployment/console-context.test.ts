import { describe, expect, it } from 'vitest';
import { deploymentOf } from '#infra/deployment/context.ts';

const auth = { issuer: 'https://idp.example/', audience: ['api', 'other'] };
const deployment = (context: Readonly<Record<string, unknown>>) => {
  const given: Readonly<Record<string, unknown>> = { stage: 'prod', auth, ...context };
  return deploymentOf((key) => given[key]);
};

describe('the console', () => {
  it.each([
    [{ stage: 'local' }, { stage: 'local', signIn: { kind: 'local' } }],
    [{ stage: 'local', console: 'off' }, undefined],
    [{}, undefined],
    [{ console: 'off' }, undefined],
    [
      { console: 'on', auth: 'none' },
      { stage: 'prod', signIn: { kind: 'none' } },
    ],
    [
      { console: 'on', 'console.clientId': 'abc', 'console.scope': 'openid plugins:read' },
      {
        stage: 'prod',
        signIn: {
          kind: 'oidc',
          issuer: 'https://idp.example/',
          audience: 'api',
          clientId: 'abc',
          scope: 'openid plugins:read',
        },
      },
    ],
  ])('with %j', (context, expected) => {
    expect(deployment(context).console).toEqual(expected);
  });

  it.each([
    [{ console: 'yes' }, 'console-invalid: the context "console" is "yes": it must be "on" or "off"'],
    [{ console: 'on' }, 'console-invalid: the context "console.clientId" is missing'],
    [{ console: 'on', 'console.clientId': '' }, 'console-invalid: the context "console.clientId" is missing'],
    [
      { console: 'on', 'console.clientId': 'abc', 'console.scope': 'a  b' },
      'console-invalid: the context "console.scope" is no list of scopes',
    ],
  ])('refuses %j', (context, message) => {
    expect(() => deployment(context)).toThrow(message);
  });
});
