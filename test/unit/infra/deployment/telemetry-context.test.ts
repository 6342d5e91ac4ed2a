import { describe, expect, it } from 'vitest';
import { deploymentOf } from '#infra/deployment/context.ts';

const deployment = (context: Readonly<Record<string, unknown>>) => {
  const given: Readonly<Record<string, unknown>> = { auth: 'none', ...context };
  return deploymentOf((key) => given[key]);
};

describe('tracing', () => {
  it.each([
    ['local', {}, { isOn: true, endpoint: 'xray', ratio: 1 }],
    ['prod', {}, { isOn: false, endpoint: 'xray', ratio: 0.05 }],
    ['local', { tracing: 'off' }, { isOn: false }],
    ['prod', { tracing: 'on', 'tracing.ratio': '0.5' }, { isOn: true, ratio: 0.5 }],
    ['prod', { 'tracing.endpoint': 'http://localhost:4318/v1/traces' }, { isOn: false }],
  ])('on stage %s with %j', (stage, context, expected) => {
    expect(deployment({ stage, ...context }).tracing).toMatchObject(expected);
  });

  it.each([
    [{ tracing: true }, 'the context "tracing" is true: it must be "on" or "off"'],
    [{ 'tracing.ratio': '2' }, 'the context "tracing.ratio" is "2": it must be a number from 0 to 1'],
    [{ 'tracing.endpoint': 'collector' }, 'must be "xray" or the URL of an OTLP/HTTP endpoint'],
  ])('refuses %j', (context, message) => {
    expect(() => deployment(context)).toThrow(message);
  });
});

it('samples debug lines where the context says how many', () => {
  expect(deployment({}).debugSampleRate).toBe(0);
  expect(deployment({ 'logs.debugSampleRate': '0.01' }).debugSampleRate).toBe(0.01);
  expect(() => deployment({ 'logs.debugSampleRate': 'all' })).toThrow('must be a number from 0 to 1');
});
