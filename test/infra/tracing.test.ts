import { expect, test } from 'vitest';
import { javaScriptProject } from '../unit/infra/bundling/plugin-project.ts';
import { manifest } from '../unit/infra/manifest/fixture.ts';
import { appOf, ofType, templatesIn, type Template } from './synth.ts';

const context = {
  stage: 'prod',
  auth: { issuer: 'https://idp.example.com/', audience: 'shop' },
  tracing: 'on',
  'tracing.ratio': '0.5',
  'logs.debugSampleRate': '0.01',
};

/** The templates of a project, whose plugin says so of its tracing. */
async function templatesWith(changes: Readonly<Record<string, unknown>>, tracing: boolean) {
  const functions = { api: { entry: 'functions/api.js' } };
  const project = javaScriptProject({
    manifest: manifest('shop', { functions, observability: { tracing } }),
  });
  return templatesIn((await appOf(project, { ...context, ...changes })).synth().directory);
}

interface Traced {
  readonly platform: Template;
  readonly shop: Template;
}
const partsOf = (templates: Readonly<Record<string, Template>>): Traced => ({
  platform: templates['anineeplus-prod-platform'] as Template,
  shop: templates['anineeplus-prod-plugin-shop'] as Template,
});

/** What functions are told, and whether the roles and boundaries of a stack let spans be sent. */
function tracingOf(template: Template) {
  const told = ofType(template, 'AWS::Lambda::Function').map(
    ({ Properties }) => (Properties['Environment'] as { Variables?: Record<string, string> })?.Variables,
  );
  const policies = [
    ...ofType(template, 'AWS::IAM::Role').filter(({ Properties }) =>
      JSON.stringify(Properties['AssumeRolePolicyDocument']).includes('lambda.amazonaws.com'),
    ),
    ...ofType(template, 'AWS::IAM::ManagedPolicy'),
  ];
  return {
    endpoints: [...new Set(told.map((variables) => variables?.['ANINEEPLUS_TRACING']))],
    ratios: [...new Set(told.map((variables) => variables?.['ANINEEPLUS_TRACING_RATIO']))],
    granted: [...new Set(policies.map((policy) => JSON.stringify(policy).includes('xray:PutSpans')))],
  };
}

const ON = { endpoints: ['xray'], ratios: ['0.5'], granted: [true] };
const OFF = { endpoints: [undefined], ratios: [undefined], granted: [false] };
test('the context turns it on for the platform, and a manifest off for its plugin', async () => {
  const { platform, shop } = partsOf(await templatesWith({}, false));
  expect(tracingOf(platform)).toEqual(ON);
  expect(tracingOf(shop)).toEqual(OFF);
  for (const { Properties } of ofType(platform, 'AWS::Lambda::Function')) {
    expect(Properties).toMatchObject({
      Environment: { Variables: { POWERTOOLS_LOGGER_SAMPLE_RATE: '0.01' } },
    });
  }
});

test('a manifest turns it on for its plugin alone, and another endpoint needs no permission', async () => {
  const endpoint = 'http://localhost:4318/v1/traces';
  const { platform, shop } = partsOf(
    await templatesWith({ tracing: 'off', 'tracing.endpoint': endpoint }, true),
  );
  expect(tracingOf(platform)).toEqual(OFF);
  expect(tracingOf(shop)).toEqual({ endpoints: [endpoint], ratios: ['0.5'], granted: [false] });
});
