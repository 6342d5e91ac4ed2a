import { expect, it } from 'vitest';
import {
  changeablePlugin,
  configuredPlugin,
  type ConfigServices,
} from '../../../../../functions/platform/config/services.ts';
import { plugin } from '../support.ts';

const error = { code: 'PLG001', file: 'f', line: 1, path: '', given: '', allowed: '', fix: '', message: '' };
const services = {
  directory: {
    plugins: [plugin('good'), plugin('plain'), { ...plugin('failing'), errors: [error] }],
    broken: [{ name: 'broken', file: 'f', errors: [error] }],
  },
  configs: {
    good: { version: 2, function: 'sweep', schema: {}, leaves: [] },
    failing: { version: 1, schema: {}, leaves: [] },
  },
} as unknown as ConfigServices;

it('finds a plugin that declares a configuration, with the function that checks it', () => {
  expect(configuredPlugin(services, 'good')).toMatchObject({ name: 'good', version: 2, function: 'sweep' });
  expect(changeablePlugin(services, 'good')).toMatchObject({ name: 'good' });
});

it.each([
  ['nope', 404, 'not-found'],
  ['plain', 404, 'no-configuration'],
  ['constructor', 404, 'not-found'],
  ['broken', 409, 'plugin-broken'],
])('refuses %s with %i %s', (name, status, code) => {
  expect(() => configuredPlugin(services, name)).toThrow(expect.objectContaining({ status, code }));
});

it('shows the configuration of a plugin whose last good build is served, and changes nothing of it', () => {
  expect(configuredPlugin(services, 'failing').name).toBe('failing');
  expect(() => changeablePlugin(services, 'failing')).toThrow(
    expect.objectContaining({ status: 409, code: 'plugin-broken' }),
  );
});
