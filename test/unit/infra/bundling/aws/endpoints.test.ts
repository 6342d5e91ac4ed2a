import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { partition } from '@aws-sdk/core/client';
import { describe, expect, test } from 'vitest';
import { endpointOf, resolverOf } from '#infra/bundling/aws/replacements/endpoints.ts';

const settings = { region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } };
/** The resolvers as the clients have them, with their rules. */
const rules = {
  dynamodb: new DynamoDBClient(settings).config.endpointProvider,
  events: new EventBridgeClient(settings).config.endpointProvider,
  lambda: new LambdaClient(settings).config.endpointProvider,
  secretsmanager: new SecretsManagerClient(settings).config.endpointProvider,
};
const services = Object.keys(rules) as readonly (keyof typeof rules)[];

const regions = [
  'us-east-1 us-west-2 eu-central-1 eu-west-3 ap-southeast-7 mx-central-1 il-central-1 xx-new-1',
  'us-gov-east-1 us-gov-west-1 cn-north-1 cn-northwest-1 eusc-de-east-1',
  'us-iso-east-1 us-isob-west-1 eu-isoe-west-1 us-isof-south-1',
].flatMap((line) => line.split(' '));
const flags = [false, true];

describe.each(services)('the endpoint of %s is that of the rules of its client', (service) => {
  test.each(regions)('in %s, with and without FIPS and dual stack', (Region) => {
    for (const UseFIPS of flags) {
      for (const UseDualStack of flags) {
        const parameters = { Region, UseFIPS, UseDualStack };
        const wanted = rules[service](parameters);
        const { url, properties } = endpointOf(service, parameters);
        expect(url.href).toBe(wanted.url.href);
        expect(properties).toEqual(wanted.properties);
      }
    }
  });

  test('with an endpoint of its own', () => {
    const parameters = { Region: 'us-east-1', Endpoint: 'http://127.0.0.1:4566/aws', UseFIPS: false };
    expect(endpointOf(service, parameters).url.href).toBe(rules[service](parameters).url.href);
  });

  test('refused with an endpoint of its own and FIPS, or without a region', () => {
    const both = { Region: 'us-east-1', Endpoint: 'http://127.0.0.1:4566', UseFIPS: true };
    expect(() => rules[service](both)).toThrow();
    expect(() => endpointOf(service, both)).toThrow('switch FIPS and dual stack off');
    expect(() => rules[service]({})).toThrow('Missing Region');
    expect(() => endpointOf(service, {})).toThrow('Missing Region');
  });
});

test('the regions above are of all partitions', () => {
  const suffixes = new Set(regions.map((region) => partition(region).dnsSuffix));
  expect([...suffixes].sort()).toEqual([
    'amazonaws.com',
    'amazonaws.com.cn',
    'amazonaws.eu',
    'c2s.ic.gov',
    'cloud.adc-e.uk',
    'csp.hci.ic.gov',
    'sc2s.sgov.gov',
  ]);
});

test('what only the rules know is refused, and never answered from the calls before', () => {
  const resolve = resolverOf('events');
  expect(resolve({ Region: 'eu-west-1' }).url.href).toBe('https://events.eu-west-1.amazonaws.com/');
  expect(() => resolve({ Region: 'eu-west-1', EndpointId: 'abc.veo' })).toThrow('Global endpoints');
  const tables = resolverOf('dynamodb');
  expect(tables({ Region: 'eu-west-1' }).url.hostname).toBe('dynamodb.eu-west-1.amazonaws.com');
  const required = { Region: 'eu-west-1', AccountIdEndpointMode: 'required' };
  expect(() => tables(required)).toThrow('Account-id endpoints');
});
